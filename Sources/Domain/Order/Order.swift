package import FoundationEssentials

/// A DSCO order, decoded from its payload (DSCO contract 3.3). Fields that Conveyor does not use stay in the payload only.
package struct Order: Sendable, Hashable {
    /// DSCO's status (deprecated there, still the word for cancelled): `shipped` means at least one unit shipped.
    package enum DSCOStatus: String, Sendable, Hashable {
        case created
        case shipmentPending = "shipment_pending"
        case shipped, cancelled
    }

    package enum Lifecycle: String, Sendable, Hashable {
        case received, created, acknowledged, completed
    }

    package var dscoOrderID: String?
    package var poNumber: String
    package var retailerID: String?
    /// `nil` when absent, null or a word we do not know.
    package var dscoStatus: DSCOStatus?
    package var lifecycle: Lifecycle?
    package var isCancelRequested = false
    package var created: Date?
    package var updated: Date?
    package var acknowledgeBy: Date?
    package var shipBy: Date?
    package var invoiceBy: Date?
    package var consumerOrderDate: Date?
    package var currency: String?
    package var shipping = ShippingAddress()
    package var shipWarehouseCode: String?
    package var requestedWarehouseCode: String?
    package var shipCarrier: String?
    package var requestedShipCarrier: String?
    package var shipMethod: String?
    package var requestedShipMethod: String?
    package var shippingServiceLevelCode: String?
    package var requestedShippingServiceLevelCode: String?
    package var lines: [OrderLine]
    package var packages: [OrderPackage] = []

    package init(dscoOrderID: String?, poNumber: String, lines: [OrderLine]) {
        self.dscoOrderID = dscoOrderID
        self.poNumber = poNumber
        self.lines = lines
    }

    /// The key of the order's row: the DSCO id, else the purchase order number (design 1, identity).
    package var key: OrderKey { OrderKey(dscoOrderID: dscoOrderID, poNumber: poNumber) }

    /// The supplier's warehouse code: the final one, else the requested one (design 6, push).
    package var warehouseCode: String? { shipWarehouseCode ?? requestedWarehouseCode }
}
