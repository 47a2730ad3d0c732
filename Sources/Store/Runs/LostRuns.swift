package import Domain
package import FoundationEssentials
package import PostgreSQL

/// Runs whose worker died, or was cut off for good: the lock that they worked under is gone, and with it all their right to write.
package enum LostRuns {
    /// A run writes its row a moment after it took its locks, or does without when there is nothing to do.
    private static let grace: TimeInterval = 10

    /// Ends their rows, so that nobody waits for them.
    ///
    /// - Parameter locks: the first key of each stage's advisory locks; the second is the partition.
    /// - Returns: how many there were.
    @discardableResult
    package static func note(_ pool: PostgresPool, locks: [Stage: Int32], now: Date) async throws -> Int {
        let pairs = locks.sorted { $0.value < $1.value }
        return try await pool.query(
            """
            update stage_run r
            set state = 'lost', ended_at = \(now), error_code = 'worker_lost',
                error_text = 'the worker died or was cut off; its message is delivered again'
            from unnest(\(pairs.map(\.key.rawValue)), \(pairs.map(\.value))) as c (stage, class)
            where r.state = 'running' and r.started_at <= \(now.addingTimeInterval(-grace)) and c.stage = r.stage
              and not exists (
                select 1 from pg_locks l
                where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
                  and l.classid = c.class::oid and l.objid::bigint % r.shard_of = r.shard_index
                  and l.database = (select oid from pg_database where datname = current_database()))
            """
        ).affected
    }
}
