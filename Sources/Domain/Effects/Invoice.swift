package import FoundationEssentials
package import JSON

/// An invoice to DSCO (DSCO contract 6.1): an effect of invoice. Money is decimal; the lines add up to the total to the cent.
package struct Invoice: PartnerEffect {
    package struct Line: LedgerValue, Sendable, Hashable {
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

        package init(_ json: JSONReader) throws(JSONError) {
            self.init(
                lineNumber: try json.int(ifPresent: "lineNumber"), dscoItemID: try json.string(ifPresent: "dscoItemID"),
                sku: try json.string(ifPresent: "sku"), partnerSKU: try json.string(ifPresent: "partnerSKU"),
                quantity: try json.int("quantity"), unitPrice: try json.decimal("unitPrice"),
                trackingNumber: try json.string(ifPresent: "trackingNumber"))
        }

        package var json: JSON {
            let name = LineName(lineNumber: lineNumber, dscoItemID: dscoItemID, sku: sku, partnerSKU: partnerSKU)
            var object = name.members
            object.add("quantity", quantity)
            object.add("unitPrice", unitPrice)
            object.add("trackingNumber", trackingNumber)
            return .object(object)
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

    package init(_ json: JSONReader) throws(JSONError) {
        self.init(
            key: try json.string("key"), invoiceID: try json.string("invoiceID"),
            dscoOrderID: try json.string(ifPresent: "dscoOrderID"), poNumber: try json.string("poNumber"),
            invoiceDate: try json.date("invoiceDate"), currency: try json.string("currency"),
            totalAmount: try json.decimal("totalAmount"), lines: try Line.list(json, "lines"))
        trackingNumber = try json.string(ifPresent: "trackingNumber")
        carrier = try json.string(ifPresent: "carrier")
        method = try json.string(ifPresent: "method")
        serviceLevelCode = try json.string(ifPresent: "serviceLevelCode")
        warehouseCode = try json.string(ifPresent: "warehouseCode")
    }

    package var json: JSON {
        var object: JSONObject = [
            "key": .string(key), "invoiceID": .string(invoiceID), "poNumber": .string(poNumber), "currency": .string(currency),
            "lines": Line.list(lines),
        ]
        object.add("dscoOrderID", dscoOrderID)
        object.add("invoiceDate", invoiceDate)
        object.add("totalAmount", totalAmount)
        object.add("trackingNumber", trackingNumber)
        object.add("carrier", carrier)
        object.add("method", method)
        object.add("serviceLevelCode", serviceLevelCode)
        object.add("warehouseCode", warehouseCode)
        return .object(object)
    }
}
