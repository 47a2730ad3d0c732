import DSCO
import Domain
import FoundationEssentials
import PartnerHTTP
import Pipeline
package import StageRunner
import Store

extension DSCOEffects {
    /// Looks at each effect's object, and at the change log for those whose own row of it was never seen (design 7.4): by request id
    /// where there is one, else by the time of sending. Each look stands alone.
    ///
    /// The object may lag behind and the log may be silent, so either proves that the effect happened; only both together lack it. What DSCO
    /// still has in work is not lacking, however long it takes.
    package func reconcile(_ rows: [OpenRow<Effect>], _ run: RunContext) async throws -> [Int64: Finding] {
        let told = try await logged(rows, now: run.now())
        let client = client
        let looks = try await lookEach(rows) { row throws(PartnerError) in try await row.effect.look(row.order.record, by: client)
        }
        var findings: [Int64: Finding] = [:]
        for (row, look) in zip(rows, looks) {
            findings[row.id] = Finding(object: look, log: told.rows[row.id], isInWork: told.inWork.contains(row.id))
        }
        return findings
    }

    /// The log's word on the effects that are in doubt, and those without one whose request DSCO has not worked through.
    private func logged(_ rows: [OpenRow<Effect>], now: Date) async throws -> (rows: [Int64: ChangeLogRow], inWork: Set<Int64>) {
        var told: [Int64: ChangeLogRow] = [:]
        var inWork: Set<Int64> = []
        let doubtful = rows.filter { [.unknown, .accepted].contains($0.row.state) }
        for (requestID, rows) in Dictionary(grouping: doubtful, by: { $0.row.requestID ?? "" }) where !requestID.isEmpty {
            let answer = try await client.changes(in: Effect.log, .request(id: requestID), includesPending: true)
            let found = LoggedEffects<Effect>(answer.rows)
            for row in rows {
                told[row.id] = found[row.effect]
                if answer.progress == .processing { inWork.insert(row.id) }
            }
        }
        let lost = rows.filter { $0.row.requestID == nil && now >= $0.row.deadline }
        var found = LoggedEffects<Effect>()
        for query in LogWindow.covering(lost.map(\.row.deadline), timing, now: now) {
            found.add(try await client.changes(in: Effect.log, query, includesPending: true).rows)
        }
        for row in lost {
            told[row.id] = found[row.effect].flatMap { $0.mayConcern(sentFrom: timing.earliest(row.row.deadline)) ? $0 : nil }
        }
        return (told, inWork)
    }
}

extension Finding {
    /// What an object and the log say together.
    ///
    /// - Parameter object: `nil` inside when DSCO does not show it readably.
    fileprivate init?(object: Result<Finding?, PartnerError>, log: ChangeLogRow?, isInWork: Bool) {
        switch (object, log?.status ?? (isInWork ? .pending : nil)) {
        case (.success(.present(let learned)), _): self = .present(learned)
        case (.success(.ambiguous(let words)), _): self = .ambiguous(words)
        case (_, .success): self = .present(Learned())
        case (.success(.orderCancelled), .failure): self = .orderCancelled(Failure(refusedBy: log))
        case (_, .failure): self = .refused(Failure(refusedBy: log))
        case (_, .pending): self = .unseen
        case (.success(let finding), nil):
            guard let finding else { return nil }
            self = finding
        case (.failure(let error), nil):
            // What DSCO does not show readably may stay so; what it did not answer is asked again.
            guard error.kind == .unavailable else { return nil }
            self = .unseen
        }
    }
}
