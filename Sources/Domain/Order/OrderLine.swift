package import FoundationEssentials

/// One line of an order (DSCO contract 3.3, lineItems).
package struct OrderLine: Sendable, Hashable {
    package var lineNumber: Int?
    package var dscoItemID: String?
    package var sku: String?
    package var partnerSKU: String?
    /// Units ordered, at least 1.
    package var quantity: Int
    package var cancelledQuantity = 0
    package var consumerPriceWithTax: Decimal?
    package var consumerPrice: Decimal?
    package var retailPrice: Decimal?
    package var expectedCost: Decimal?
    package var warehouseCode: String?

    package init(quantity: Int) { self.quantity = quantity }
}

/// A package that DSCO already knows (DSCO contract 3.3, packages).
package struct OrderPackage: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        package var lineNumber: Int?
        package var dscoItemID: String?
        package var sku: String?
        package var partnerSKU: String?
        package var quantity: Int

        package init(quantity: Int) { self.quantity = quantity }
    }

    package var trackingNumber: String
    package var items: [Item]

    package init(trackingNumber: String, items: [Item]) {
        self.trackingNumber = trackingNumber
        self.items = items
    }
}
