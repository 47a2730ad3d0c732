/// Under which names an order goes out. Fixed on the order's row when its first intent is written: every later look-up and send
/// uses it, never the configuration (design 1 and 9.11).
package struct OutgoingIdentity: Codable, Sendable, Hashable {
    /// LingXing `platform_order_no`, DSCO acknowledgement `id` and the invoice's id.
    package var number: String
    package var idType: DSCOOrderIDType
    package var storeID: String

    package init(number: String, idType: DSCOOrderIDType, storeID: String) {
        self.number = number
        self.idType = idType
        self.storeID = storeID
    }
}
