package import FoundationEssentials
package import JSON

/// An order to be created in LingXing (LingXing contract 8.1): the effect of push.
package struct NewLingXingOrder: PartnerEffect {
    package struct Item: LedgerValue, Sendable, Hashable {
        package var msku: String
        package var quantity: Int
        package var unitPrice: Decimal

        package init(msku: String, quantity: Int, unitPrice: Decimal) {
            self.msku = msku
            self.quantity = quantity
            self.unitPrice = unitPrice
        }

        package init(_ json: JSONReader) throws(JSONError) {
            self.init(
                msku: try json.string("msku"), quantity: try json.int("quantity"), unitPrice: try json.decimal("unitPrice"))
        }

        package var json: JSON {
            [
                "msku": .string(msku), "quantity": .number(JSONNumber(quantity)), "unitPrice": .number(JSONNumber(unitPrice)),
            ]
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

    package static let key = "create"
    package var key: String { Self.key }

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

    package init(_ json: JSONReader) throws(JSONError) {
        self.init(
            storeID: try json.string("storeID"), platformOrderNo: try json.string("platformOrderNo"),
            receiverName: try json.string("receiverName"), countryCode: try json.string("countryCode"),
            city: try json.string("city"), addressLine1: try json.string("addressLine1"), items: try Item.list(json, "items"))
        addressLine2 = try json.string(ifPresent: "addressLine2")
        region = try json.string(ifPresent: "region")
        postalCode = try json.string(ifPresent: "postalCode")
        phone = try json.string(ifPresent: "phone")
        currency = try json.string(ifPresent: "currency")
        warehouseID = try json.string(ifPresent: "warehouseID")
        logisticsTypeID = try json.string(ifPresent: "logisticsTypeID")
        purchased = try json.date(ifPresent: "purchased")
    }

    package var json: JSON {
        var object: JSONObject = [
            "storeID": .string(storeID), "platformOrderNo": .string(platformOrderNo), "receiverName": .string(receiverName),
            "countryCode": .string(countryCode), "city": .string(city), "addressLine1": .string(addressLine1),
            "items": Item.list(items),
        ]
        object.add("addressLine2", addressLine2)
        object.add("region", region)
        object.add("postalCode", postalCode)
        object.add("phone", phone)
        object.add("currency", currency)
        object.add("warehouseID", warehouseID)
        object.add("logisticsTypeID", logisticsTypeID)
        object.add("purchased", purchased)
        return .object(object)
    }
}
