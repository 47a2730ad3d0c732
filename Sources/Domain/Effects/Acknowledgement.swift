package import JSON

/// How an order is named towards DSCO (DSCO contract 4.1).
package enum DSCOOrderIDType: String, Codable, Sendable, Hashable {
    case dscoOrderID = "DSCO_ORDER_ID"
    case poNumber = "PO_NUMBER"
}

/// The acknowledgement of an order (DSCO contract 4.1): the effect of ack.
package struct Acknowledgement: PartnerEffect {
    package var id: String
    package var type: DSCOOrderIDType
    /// Our own number of the order, stored by DSCO on it.
    package var supplierOrderNumber: String?

    package var key: String { "ack" }

    package init(id: String, type: DSCOOrderIDType, supplierOrderNumber: String?) {
        self.id = id
        self.type = type
        self.supplierOrderNumber = supplierOrderNumber
    }

    package init(_ json: JSONReader) throws(JSONError) {
        let type = try json.require("type")
        guard let known = DSCOOrderIDType(rawValue: try type.string()) else { throw type.fault("is no type of id") }
        self.init(
            id: try json.string("id"), type: known, supplierOrderNumber: try json.string(ifPresent: "supplierOrderNumber"))
    }

    package var json: JSON {
        var object: JSONObject = ["id": .string(id), "type": .string(type.rawValue)]
        object.add("supplierOrderNumber", supplierOrderNumber)
        return .object(object)
    }
}
