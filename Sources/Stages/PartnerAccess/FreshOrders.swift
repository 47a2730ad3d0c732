package import DSCO
package import Domain
package import StageRunner
import Store

/// Orders as DSCO shows them now, for those whose stored payload may be too old to act on.
package struct FreshOrders: Sendable {
    private let asked: Set<OrderKey>
    private let found: [OrderKey: Order]

    package static func read(_ orders: [OrderInHand], from dsco: DSCOClient) async throws -> FreshOrders {
        let found = try await concurrentMap(orders, limit: 4) { order in (order.key, try await dsco.currentOrder(order.record)) }
        return FreshOrders(
            asked: Set(orders.map(\.key)),
            found: Dictionary(found.compactMap { key, order in order.map { (key, $0) } }) { first, _ in first })
    }

    /// The order read just now; `nil` where the stored one will do.
    package subscript(key: OrderKey) -> Order? { found[key] }

    /// Whether DSCO was asked and did not show the order readably. It is not worked on with an old payload: it may be cancelled.
    package func isHidden(_ key: OrderKey) -> Bool { asked.contains(key) && found[key] == nil }
}

extension RunContext {
    /// Those of which DSCO has shown something newer that could not be read.
    package func withUnreadableNews(_ orders: [OrderInHand]) async throws -> [OrderInHand] {
        let keys = try await ledger.withUnreadableNews(orders.map(\.key))
        return orders.filter { keys.contains($0.key) }
    }
}
