extension OutgoingIdentity {
    /// The names an order would go out under by the configuration, while none are fixed on its row (design 1).
    ///
    /// `nil` when the order's retailer is mapped to no store. An order without a DSCO id goes by its purchase order number.
    package static func planned(for order: Order, configuration: RuntimeConfiguration) -> OutgoingIdentity? {
        guard let storeID = order.retailerID.flatMap({ configuration.mapping.shop[$0] })?.nonBlank else { return nil }
        if configuration.identity == .dscoOrderID, let id = order.dscoOrderID {
            return OutgoingIdentity(number: id, idType: .dscoOrderID, storeID: storeID)
        }
        return OutgoingIdentity(number: order.poNumber, idType: .poNumber, storeID: storeID)
    }
}

extension OrderRecord {
    /// The fixed names, else the planned ones.
    package func identity(_ configuration: RuntimeConfiguration) -> OutgoingIdentity? {
        identity ?? OutgoingIdentity.planned(for: order, configuration: configuration)
    }
}
