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
    private let session: PostgresConnection

    package init(_ session: PostgresConnection) { self.session = session }

    package func begin(_ id: UUID, _ tick: Tick, worker: String, now: Date) async throws {
        try await session.query(
            """
            insert into stage_run (id, stage, tick_id, trigger, shard_index, shard_of, worker, started_at, state)
            values (\(id), \(tick.stage.rawValue), \(tick.id), \(tick.trigger.rawValue), \(tick.shard.index)::int, \(tick.shard.of)::int,
                    \(worker), \(now), 'running')
            """)
    }

    /// A tick that nothing is to be done for: its row says that it came.
    package func drop(_ id: UUID, _ tick: Tick, worker: String, now: Date) async throws {
        try await begin(id, tick, worker: worker, now: now)
        try await session.query("update stage_run set ended_at = \(now), state = 'dropped' where id = \(id)")
    }

    /// Ends the run; a tick that is done with its orders may name them anew.
    ///
    /// - Parameter counts: how many orders had which outcome.
    package func end(_ id: UUID, _ result: RunResult, counts: [String: Int], now: Date) async throws {
        let state = StageRunState(result)
        let members = counts.sorted { $0.key < $1.key }.map { ($0.key, JSON.column($0.value)) }
        var statements: [PostgresQuery] = [
            """
            update stage_run set ended_at = \(now), state = \(state.rawValue), counts = \(PostgresJSON(text: JSON.object(JSONObject(members)).text())),
                                 error_code = \(result.failure.map { _ in "partner_failed" }), error_text = \(result.failure?.withoutNUL)
            where id = \(id)
            """
        ]
        if state == .done {
            statements.append(
                "delete from replay_order where replay_id is null and tick_id = (select tick_id from stage_run where id = \(id))")
        }
        try await session.batch(statements)
    }

    package func fail(_ id: UUID, _ error: any Error, now: Date) async throws {
        try await session.query(
            """
            update stage_run set ended_at = \(now), state = 'failed', error_code = \(String(describing: type(of: error))),
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
