package import FoundationEssentials
package import JSON

/// One parcel of an order, told to DSCO (DSCO contract 5.1): an effect of ship. Its key is the tracking number.
package struct Shipment: PartnerEffect {
    package struct Line: LedgerValue, Sendable, Hashable {
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

        package init(_ json: JSONReader) throws(JSONError) {
            self.init(
                lineNumber: try json.int(ifPresent: "lineNumber"), dscoItemID: try json.string(ifPresent: "dscoItemID"),
                sku: try json.string(ifPresent: "sku"), partnerSKU: try json.string(ifPresent: "partnerSKU"),
                quantity: try json.int("quantity"), spansPackages: try json.bool("spansPackages"))
        }

        package var json: JSON {
            var object = name.members
            object.add("quantity", quantity)
            object.append("spansPackages", .bool(spansPackages))
            return .object(object)
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

    package init(_ json: JSONReader) throws(JSONError) {
        self.init(
            dscoOrderID: try json.string(ifPresent: "dscoOrderID"), poNumber: try json.string("poNumber"),
            trackingNumber: try json.string("trackingNumber"), outboundNumbers: try json.texts("outboundNumbers"),
            shipDate: try json.date("shipDate"), lines: try Line.list(json, "lines"))
        carrier = try json.string(ifPresent: "carrier")
        method = try json.string(ifPresent: "method")
        serviceLevelCode = try json.string(ifPresent: "serviceLevelCode")
        warehouseCode = try json.string(ifPresent: "warehouseCode")
    }

    package var json: JSON {
        var object: JSONObject = [
            "poNumber": .string(poNumber), "trackingNumber": .string(trackingNumber),
            "outboundNumbers": .array(outboundNumbers.map(JSON.string)), "lines": Line.list(lines),
        ]
        object.add("dscoOrderID", dscoOrderID)
        object.add("shipDate", shipDate)
        object.add("carrier", carrier)
        object.add("method", method)
        object.add("serviceLevelCode", serviceLevelCode)
        object.add("warehouseCode", warehouseCode)
        return .object(object)
    }
}
