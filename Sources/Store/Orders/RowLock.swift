import Domain
import PostgreSQL

extension PostgresConnection {
    /// Locks the orders' rows in key order, then reads them, in one round trip.
    ///
    /// Two statements, because a statement that waits for a row's lock sees everything beside that row as it was before it waited: it would
    /// miss the intent that the one it waited for has written (design 7.1).
    ///
    /// - Parameter read: runs with all of the locks held.
    func query(lockingRowsOf orders: [OrderKey], _ read: PostgresQuery) async throws -> PostgresRows {
        let answers = try await batch([
            """
            select 1 from dsco_order_sync where order_key = any(\(orders.map(\.rawValue)))
            order by order_key for update
            """, read,
        ])
        guard let rows = answers.last else { throw StoreError(.conflict, "the database gave no answer to a locked read") }
        return rows
    }
}
