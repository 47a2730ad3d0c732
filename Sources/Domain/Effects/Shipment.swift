package import FoundationEssentials

/// One parcel of an order, told to DSCO (DSCO contract 5.1): an effect of ship. Its key is the tracking number.
package struct Shipment: PartnerEffect {
    package struct Line: Codable, Sendable, Hashable {
        package var lineNumber: Int?
        package var dscoItemID: String?
        package var sku: String?
        package var partnerSKU: String?
        package var quantity: Int
        /// True on every part of a line that is spread over several parcels.
        package var spansPackages: Bool

        package init(
            lineNumber: Int?, dscoItemID: String?, sku: String?, partnerSKU: String?, quantity: Int, spansPackages: Bool = false
        ) {
            self.lineNumber = lineNumber
            self.dscoItemID = dscoItemID
            self.sku = sku
            self.partnerSKU = partnerSKU
            self.quantity = quantity
            self.spansPackages = spansPackages
        }
    }

    package var dscoOrderID: String?
    package var poNumber: String
    package var trackingNumber: String
    /// The outbound orders (`WO…`) whose goods are in this parcel.
    package var outboundNumbers: [String]
    package var shipDate: Date
    package var carrier: String?
    package var method: String?
    package var serviceLevelCode: String?
    package var warehouseCode: String?
    package var lines: [Line]

    package var key: String { trackingNumber }

    package init(
        dscoOrderID: String?, poNumber: String, trackingNumber: String, outboundNumbers: [String], shipDate: Date, lines: [Line]
    ) {
        self.dscoOrderID = dscoOrderID
        self.poNumber = poNumber
        self.trackingNumber = trackingNumber
        self.outboundNumbers = outboundNumbers
        self.shipDate = shipDate
        self.lines = lines
    }
}
