package import FoundationEssentials

/// What was shipped of an order, kept on its row by ship and read by invoice (design 6).
package struct Fulfilment: Codable, Sendable, Hashable {
    /// Units of one line that left in one parcel by one outbound order: what an invoice per outbound order is made of.
    package struct Goods: Codable, Sendable, Hashable {
        package var outboundNumber: String
        package var trackingNumber: String
        package var line: LineName
        package var quantity: Int

        package init(outboundNumber: String, trackingNumber: String, line: LineName, quantity: Int) {
            self.outboundNumber = outboundNumber
            self.trackingNumber = trackingNumber
            self.line = line
            self.quantity = quantity
        }
    }

    /// The parcels told to DSCO, in order of their tracking numbers.
    package var shipments: [Shipment]
    /// The same units by outbound order, as far as LingXing's outbound orders tell.
    package var goods: [Goods]
    /// The currency and total that LingXing shows for the order, when seen: never billed, a difference is shown.
    package var lingXingCurrency: String?
    package var lingXingTotal: Decimal?

    package init(shipments: [Shipment], goods: [Goods] = [], lingXingCurrency: String? = nil, lingXingTotal: Decimal? = nil) {
        self.shipments = shipments
        self.goods = goods
        self.lingXingCurrency = lingXingCurrency
        self.lingXingTotal = lingXingTotal
    }
}
