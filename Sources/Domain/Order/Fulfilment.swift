package import FoundationEssentials

/// What was shipped of an order, kept on its row by ship and read by invoice (design 6).
package struct Fulfilment: Codable, Sendable, Hashable {
    /// The parcels told to DSCO, in order of their tracking numbers.
    package var shipments: [Shipment]
    /// The currency and total that LingXing shows for the order, when seen: never billed, a difference is shown.
    package var lingXingCurrency: String?
    package var lingXingTotal: Decimal?

    package init(shipments: [Shipment], lingXingCurrency: String? = nil, lingXingTotal: Decimal? = nil) {
        self.shipments = shipments
        self.lingXingCurrency = lingXingCurrency
        self.lingXingTotal = lingXingTotal
    }
}
