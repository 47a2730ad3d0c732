package import DSCO
package import Domain
import PartnerHTTP
import Pipeline
package import StageRunner
import Store

/// Orders as DSCO shows them now, for those whose stored payload may be too old to act on.
package struct FreshOrders: Sendable {
    private let looks: [OrderKey: Result<Order?, PartnerError>]

    package static func read(_ orders: [OrderInHand], from dsco: DSCOClient) async throws -> FreshOrders {
        let looks = try await lookEach(orders) { order throws(PartnerError) in try await dsco.currentOrder(order.record) }
        return FreshOrders(looks: Dictionary(zip(orders.map(\.key), looks)) { first, _ in first })
    }

    /// The order read just now; `nil` where the stored one will do.
    ///
    /// - Throws: when DSCO was asked and did not show the order readably. It is not worked on with an old payload: it may be cancelled.
    package func order(_ key: OrderKey) throws(OrderTrouble) -> Order? {
        guard let look = looks[key] else { return nil }
        switch look {
        case .success(let shown?): return shown
        case .success(nil): throw OrderTrouble(code: "not_shown", words: "DSCO does not show the order now, or not readably")
        case .failure(let error): throw OrderTrouble(Failure(error), isAttempt: error.kind != .unavailable)
        }
    }
}

extension RunContext {
    /// Those of which DSCO has shown something newer that could not be read.
    package func withUnreadableNews(_ orders: [OrderInHand]) async throws -> [OrderInHand] {
        let keys = try await ledger.withUnreadableNews(orders.map(\.key))
        return orders.filter { keys.contains($0.key) }
    }
}

extension OrderTrouble {
    /// What is stored of the order may no longer be so.
    package static let unreadableNews = OrderTrouble(
        code: "unreadable_news",
        words: "DSCO has shown something newer of the order that could not be read; conveyor order names the reason")
}
