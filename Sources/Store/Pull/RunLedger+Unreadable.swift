package import Domain
import PostgreSQL

extension RunLedger {
    /// Those of the orders of which DSCO has shown something newer that could not be read: what is stored of them may no longer be so.
    package func withUnreadableNews(_ orders: [OrderKey]) async throws -> Set<OrderKey> {
        guard !orders.isEmpty else { return [] }
        let rows = try await session.query(
            """
            select o.order_key from dsco_order_sync o where o.order_key = any(\(orders.map(\.rawValue)))
              and exists (select 1 from quarantined_payload q where \(unescaped: QuarantineStore.concernsOrder))
            """)
        return Set(try rows.map { OrderKey(rawValue: try $0.decode("order_key")) })
    }
}
