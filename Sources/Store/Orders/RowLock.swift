import Domain
import PostgreSQL

extension PostgresConnection {
    /// Locks the orders' rows in key order and reads them, then what else is to be known of the orders, in one round trip.
    ///
    /// In statements of their own, because one that waits for a row's lock sees everything beside that row as it was before it waited: it
    /// would miss the intent that the one it waited for has written (design 7.1).
    ///
    /// - Parameters:
    ///   - columns: of `dsco_order_sync o`.
    ///   - others: run with all of the locks held.
    /// - Returns: the orders' rows, in key order, and the answers to the others.
    func lockRows(
        of orders: [OrderKey], _ columns: PostgresQuery, then others: [PostgresQuery]
    ) async throws -> (orders: PostgresRows, others: [PostgresRows]) {
        let locking: PostgresQuery = """
            select \(columns) from dsco_order_sync o where o.order_key = any(\(orders.map(\.rawValue))) order by o.order_key for update
            """
        var answers = try await batch([locking] + others)[...]
        guard let rows = answers.popFirst(), answers.count == others.count else {
            throw StoreError(.conflict, "the database gave no answer to a locked read")
        }
        return (rows, Array(answers))
    }
}
