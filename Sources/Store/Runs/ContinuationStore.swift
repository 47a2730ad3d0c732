package import Domain
package import FoundationEssentials
package import Pipeline
package import PostgreSQL

/// At most one delayed `continue` of a stage and shard is outstanding (design 4).
package struct ContinuationStore: Sendable {
    /// One that has not come back by then was lost: the delay is 30 s.
    package static let lifetime: TimeInterval = 120

    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    /// - Returns: whether the caller may publish it; `false` while another one is under way.
    package func claim(_ stage: Stage, _ shard: Shard, tickID: String, now: Date) async throws -> Bool {
        let rows = try await pool.query(
            """
            insert into continuation (stage, shard_index, shard_of, tick_id, published_at)
            values (\(stage.rawValue), \(shard.index)::int, \(shard.of)::int, \(tickID), \(now))
            on conflict (stage, shard_index, shard_of) do update
            set tick_id = excluded.tick_id, published_at = excluded.published_at
            where continuation.published_at <= \(now.addingTimeInterval(-Self.lifetime))
            returning tick_id
            """)
        return !rows.isEmpty
    }

    /// It came back: another one may follow.
    package func clear(_ stage: Stage, _ shard: Shard, tickID: String) async throws {
        try await pool.query(
            """
            delete from continuation where stage = \(stage.rawValue) and shard_index = \(shard.index)::int
              and shard_of = \(shard.of)::int and tick_id = \(tickID)
            """)
    }
}
