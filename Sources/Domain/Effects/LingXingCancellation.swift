package import JSON

/// The cancelling in LingXing of an order that DSCO cancelled (LingXing contract 8.5): push's second effect.
package struct LingXingCancellation: PartnerEffect {
    /// System orders to be marked as not to ship, in order.
    package var orders: [String]
    /// Those of them with an outbound order, which must be intercepted first.
    package var intercepts: [String]

    package static let key = "cancel"

    package var key: String { Self.key }

    package init(orders: [String], intercepts: [String]) {
        self.orders = orders.sorted()
        self.intercepts = intercepts.sorted()
    }

    package init(_ json: JSONReader) throws(JSONError) {
        self.init(orders: try json.texts("orders"), intercepts: try json.texts("intercepts"))
    }

    package var json: JSON {
        ["orders": .array(orders.map(JSON.string)), "intercepts": .array(intercepts.map(JSON.string))]
    }
}
