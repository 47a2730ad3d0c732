package import FoundationEssentials

/// An order to be created in LingXing (LingXing contract 8.1): the effect of push.
package struct NewLingXingOrder: PartnerEffect {
    package struct Item: Codable, Sendable, Hashable {
        package var msku: String
        package var quantity: Int
        package var unitPrice: Decimal

        package init(msku: String, quantity: Int, unitPrice: Decimal) {
            self.msku = msku
            self.quantity = quantity
            self.unitPrice = unitPrice
        }
    }

    package var storeID: String
    package var platformOrderNo: String
    package var receiverName: String
    package var countryCode: String
    package var city: String
    package var addressLine1: String
    package var addressLine2: String?
    package var region: String?
    package var postalCode: String?
    package var phone: String?
    package var currency: String?
    /// The two go together or not at all.
    package var warehouseID: String?
    package var logisticsTypeID: String?
    package var purchased: Date?
    package var items: [Item]

    package var key: String { "create" }

    package init(
        storeID: String, platformOrderNo: String, receiverName: String, countryCode: String, city: String, addressLine1: String,
        items: [Item]
    ) {
        self.storeID = storeID
        self.platformOrderNo = platformOrderNo
        self.receiverName = receiverName
        self.countryCode = countryCode
        self.city = city
        self.addressLine1 = addressLine1
        self.items = items
    }
}
