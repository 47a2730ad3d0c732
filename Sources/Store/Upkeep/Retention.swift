package import Domain
package import FoundationEssentials
package import PostgreSQL

/// Deletes what is older than the runtime configuration keeps, in batches that hold no lock for long (design 5, retention_days).
package struct Retention: Sendable {
    package struct Deleted: Sendable, Hashable {
        package var events = 0
        package var runs = 0
        package var stock = 0

        package init() {}
    }

    private let pool: PostgresPool
    private let batch: Int

    package init(_ pool: PostgresPool, batch: Int = 5000) {
        self.pool = pool
        self.batch = batch
    }

    @discardableResult
    package func deleteExpired(_ days: RuntimeConfiguration.RetentionDays, now: Date) async throws -> Deleted {
        func cutoff(_ days: Int) -> Date { now.addingTimeInterval(-86_400 * TimeInterval(days)) }
        var deleted = Deleted()
        deleted.events = try await drain("order_event", "at < \(cutoff(days.events))")
        deleted.runs = try await drain("stage_run", "started_at < \(cutoff(days.runs))")
        deleted.stock = try await drain("dsco_warehouse_sync", "at < \(cutoff(days.stock))")
        _ = try await drain("replay", "ended_at < \(cutoff(days.runs))")
        _ = try await drain("replay_order", "replay_id is null and made_due_at < \(cutoff(days.runs))")
        return deleted
    }

    /// A bounded number of batches: whoever calls has other things to do, and comes again.
    private static let mostBatches = 20

    private func drain(_ table: String, _ condition: PostgresQuery) async throws -> Int {
        var total = 0
        for _ in 0..<Self.mostBatches {
            try Task.checkCancellation()
            let count = try await pool.query(
                """
                delete from \(unescaped: table) where ctid = any(array(select ctid from \(unescaped: table) where \(condition) limit \(batch)))
                """
            ).affected
            total += count
            if count < batch { break }
        }
        return total
    }
}
