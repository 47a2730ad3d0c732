import Domain
package import FoundationEssentials
import JSON
package import Pipeline
package import PostgreSQL

/// How a run stands or ended.
package enum StageRunState: String, Sendable, Hashable, CaseIterable {
    case running, done, failed
    /// Work is left, and its message was published again.
    case continued
    case lockedOut = "locked_out"
    case dropped
    /// Its worker died in it; its message is delivered again.
    case lost
}

/// The rows of the runs, one each. Written on the session that holds the run's locks.
package struct StageRunStore: Sendable {
    /// How a run is listed that a partner's failure ended, or kept from doing all it could.
    package static let partnerFailed = "partner_failed"

    private let session: PostgresConnection

    package init(_ session: PostgresConnection) { self.session = session }

    /// - Returns: the time by the database's clock.
    @discardableResult
    package func begin(_ id: UUID, _ tick: Tick, worker: String, now: Date) async throws -> Date {
        try await session.query(
            """
            insert into stage_run (id, stage, tick_id, trigger, shard_index, shard_of, worker, started_at, state)
            values (\(id), \(tick.stage.rawValue), \(tick.id), \(tick.trigger.rawValue), \(tick.shard.index)::int, \(tick.shard.of)::int,
                    \(worker), \(now), 'running')
            returning clock_timestamp() as clock
            """)[0].decode("clock")
    }

    /// A tick that nothing is to be done for: its row says that it came.
    package func drop(_ id: UUID, _ tick: Tick, worker: String, now: Date) async throws {
        try await begin(id, tick, worker: worker, now: now)
        try await session.query("update stage_run set ended_at = \(now), state = 'dropped' where id = \(id)")
    }

    /// Ends the run.
    ///
    /// - Parameter counts: how many orders had which outcome.
    package func end(_ id: UUID, _ result: RunResult, counts: [String: Int], now: Date) async throws {
        let state = StageRunState(result)
        let members = counts.sorted { $0.key < $1.key }.map { ($0.key, JSON.column($0.value)) }
        try await session.query(
            """
            update stage_run set ended_at = \(now), state = \(state.rawValue), counts = \(PostgresJSON(text: JSON.object(JSONObject(members)).text())),
                                 error_code = \(result.failure.map { _ in Self.partnerFailed }), error_text = \(result.failure?.withoutNUL)
            where id = \(id)
            """)
    }

    /// - Parameter code: how the error is listed.
    package func fail(_ id: UUID, _ error: any Error, code: String, now: Date) async throws {
        try await session.query(
            """
            update stage_run set ended_at = \(now), state = 'failed', error_code = \(code),
                                 error_text = \("\(error)".withoutNUL)
            where id = \(id)
            """)
    }
}

extension StageRunState {
    fileprivate init(_ result: RunResult) {
        self =
            switch result.end {
            case .failed: .failed
            case .lockedOut: .lockedOut
            case .done: result.workLeft || !result.gotAll ? .continued : .done
            }
    }
}
