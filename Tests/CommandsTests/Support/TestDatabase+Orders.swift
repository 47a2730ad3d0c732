import Foundation
import PostgreSQL
import TestSupport

extension TestDatabase {
    /// An order as pull and the stages might have left it.
    func addOrder(
        _ po: String, id: String? = nil, status: Int = 1, hold: String? = nil, updated: Date = Date(),
        on session: PostgresConnection
    ) async throws {
        let key = id ?? po
        try await session.query(
            """
            insert into dsco_order_sync (order_key, dsco_order_id, po_number, partition, status, status_since, payload, payload_at,
                                         hold_reason, hold_facts, hold_since, next_attempt, created_at, updated_at)
            values (\(key), \(id), \(po), 7, \(status)::smallint, \(updated), '{}', \(updated), \(hold),
                    case when \(hold)::text is not null then '' end, case when \(hold)::text is not null then \(updated)::timestamptz end,
                    \(updated), \(updated), \(updated))
            """)
    }

    func addRun(of tick: String, stage: String, state: String, on session: PostgresConnection) async throws {
        try await session.query(
            """
            insert into stage_run (id, stage, tick_id, trigger, shard_index, shard_of, worker, started_at, ended_at, state, error_text)
            values (\(UUID()), \(stage), \(tick), 'manual', 0, 1, 'test', now(), now(), \(state), 'DSCO is down')
            """)
    }
}
