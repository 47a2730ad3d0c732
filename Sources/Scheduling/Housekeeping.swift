import Domain
import Logging
import PostgreSQL
import StageRunner
import Store

/// What the leader does beside publishing ticks, on connections of its own.
struct Housekeeping: Sendable {
    private static let mendingPause = Duration.seconds(10)
    private static let deletingPause = Duration.seconds(60)

    let on: Scheduler.Dependencies
    let leadership: Leadership

    /// Publishes the messages of open replays again, so that a lost queue loses nothing, and ends the rows of runs whose worker died.
    func mendReplays() async throws {
        try await again(after: Self.mendingPause) {
            let locks = Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0, LockClass.of($0)) })
            try await LostRuns.note(on.pool, locks: locks, now: on.now())
            let store = ReplayStore(on.pool)
            let idle = try await on.ticks.idleStages()
            for replay in try await store.toPublish(idle: idle, now: on.now()) {
                let messages = try await store.messages(of: replay, now: on.now())
                try await leadership.confirm()
                try await on.ticks.publish(messages)
                try await store.published(replay.id, now: on.now())
            }
        }
    }

    /// Deletes what is past its retention.
    func deleteExpired() async throws {
        try await again(after: Self.deletingPause) {
            guard let configuration = on.configuration.current?.configuration else { return }
            try await Retention(on.pool).deleteExpired(configuration.retentionDays, now: on.now())
        }
    }

    private func again(after pause: Duration, _ body: () async throws -> Void) async throws {
        while true {
            do {
                try await body()
            } catch {
                try Task.checkCancellation()
                on.logger.warning("housekeeping failed; it is tried again", error: error)
            }
            try await Task.sleep(for: pause)
        }
    }
}
