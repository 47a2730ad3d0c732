package import Domain
package import StageRunner

/// What the partners show of one order.
package struct SeenOrder: Sendable {
    /// LingXing's rows.
    package var listed: [LingXingOrder] = []
    package var outbound: [OutboundOrder] = []
    /// DSCO's order read just now, where the stored one will not do.
    package var fresh: Order?

    /// The order's record, with DSCO's order as it is now where that was read.
    package func record(of order: OrderInHand) -> OrderRecord {
        var record = order.record
        if let fresh { record.order = fresh }
        return record
    }
}

extension SeenOrder {
    package typealias Look = Result<SeenOrder, OrderTrouble>

    /// What was read of each order, or why it cannot be worked on now.
    package static func each(
        _ orders: [OrderInHand], listed: [OrderKey: LingXingLookup.Listed],
        outbound: [OrderKey: LingXingLookup.Found<OutboundOrder>] = [:], fresh: FreshOrders
    ) -> [OrderKey: Look] {
        let looks = orders.map { order in
            let look = Result { () throws(OrderTrouble) in
                SeenOrder(
                    listed: try listed[order.key]?.get() ?? [], outbound: try outbound[order.key]?.get() ?? [],
                    fresh: try fresh.order(order.key))
            }
            return (order.key, look)
        }
        return Dictionary(looks) { first, _ in first }
    }
}
