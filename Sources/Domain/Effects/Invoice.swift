package import FoundationEssentials

/// An invoice to DSCO (DSCO contract 6.1): an effect of invoice. Money is decimal; the lines add up to the total to the cent.
package struct Invoice: PartnerEffect {
    package struct Line: Codable, Sendable, Hashable {
        package var lineNumber: Int?
        package var dscoItemID: String?
        package var sku: String?
        package var partnerSKU: String?
        package var quantity: Int
        package var unitPrice: Decimal
        package var trackingNumber: String?

        package init(
            lineNumber: Int?, dscoItemID: String?, sku: String?, partnerSKU: String?, quantity: Int, unitPrice: Decimal,
            trackingNumber: String?
        ) {
            self.lineNumber = lineNumber
            self.dscoItemID = dscoItemID
            self.sku = sku
            self.partnerSKU = partnerSKU
            self.quantity = quantity
            self.unitPrice = unitPrice
            self.trackingNumber = trackingNumber
        }
    }

    /// `order`, or the outbound number with `invoice.per = outbound`.
    package var key: String
    package var invoiceID: String
    package var dscoOrderID: String?
    package var poNumber: String
    package var invoiceDate: Date
    package var currency: String
    package var totalAmount: Decimal
    package var trackingNumber: String?
    package var carrier: String?
    package var method: String?
    package var serviceLevelCode: String?
    package var warehouseCode: String?
    package var lines: [Line]

    package init(
        key: String, invoiceID: String, dscoOrderID: String?, poNumber: String, invoiceDate: Date, currency: String,
        totalAmount: Decimal, lines: [Line]
    ) {
        self.key = key
        self.invoiceID = invoiceID
        self.dscoOrderID = dscoOrderID
        self.poNumber = poNumber
        self.invoiceDate = invoiceDate
        self.currency = currency
        self.totalAmount = totalAmount
        self.lines = lines
    }
}
