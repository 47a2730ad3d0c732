package import Domain
package import FoundationEssentials
import JSON
package import Pipeline
import PostgreSQL

/// Which orders a replay is for (design 3, `conveyor replay`).
package enum ReplayFilter: Sendable, Hashable {
    /// Those that are held for this reason at the stage.
    case held(HoldReason)
    /// Those at the stage whose last change is at or after this time.
    case since(Date)
    /// For pull alone: DSCO's list over this window.
    case window(Tick.Window)

    var json: JSON {
        switch self {
        case .held(let reason): ["held": .string(reason.rawValue)]
        case .since(let since): ["since": .string(since.tickText)]
        case .window(let window): ["since": .string(window.since.tickText), "until": .string(window.until.tickText)]
        }
    }

    init(_ json: JSON) throws(StoreError) {
        let since = json["since"]?.string.flatMap { Date(tickText: $0) }
        if let reason = json["held"]?.string.flatMap(HoldReason.init) {
            self = .held(reason)
        } else if let since, let until = json["until"]?.string.flatMap({ Date(tickText: $0) }) {
            self = .window(Tick.Window(since: since, until: until))
        } else if let since {
            self = .since(since)
        } else {
            throw StoreError(.unreadable, "a replay's filter cannot be read")
        }
    }
}

/// A replay by filter, and how far it is.
package struct Replay: Sendable, Hashable, Identifiable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case open, done, failed, cancelled
    }

    package var id: String
    package var stage: Stage
    package var filter: ReplayFilter
    package var requestedBy: String
    package var reason: String?
    /// Orders; of a replay of pull, minutes of its window.
    package var total: Int
    package var done: Int
    /// Of a replay of pull: up to when its window is read.
    package var doneUntil: Date?
    package var state: State
    package var created: Date
    /// When its messages were published last.
    package var published: Date?
    package var ended: Date?

    static let columns =
        "id, stage, filter, requested_by, reason, total, done, done_until, state, created_at, published_at, ended_at"

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        stage = try StoreDecoding.raw(row, "stage")
        filter = try ReplayFilter(JSON.parse(row.decode("filter", as: PostgresJSON.self).bytes))
        requestedBy = try row.decode("requested_by")
        reason = try row.decode("reason")
        total = try row.decode("total")
        done = try row.decode("done")
        doneUntil = try row.decode("done_until")
        state = try StoreDecoding.raw(row, "state")
        created = try row.decode("created_at")
        published = try row.decode("published_at")
        ended = try row.decode("ended_at")
    }
}
