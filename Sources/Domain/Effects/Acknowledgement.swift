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
}
