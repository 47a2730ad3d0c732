package import FoundationEssentials

/// One row of LingXing's order list (LingXing contract 8.2). A split platform order has several rows, a merged row several numbers.
package struct LingXingOrder: Sendable, Hashable {
    package enum Status: Int, Sendable, Hashable {
        case syncing = 1, synced, unpaid, toReview, toShip, shipped, cancelled, hidden, platformFulfilled
    }

    package struct Item: Sendable, Hashable {
        package var platformOrderNo: String?
        package var msku: String?
        package var localSKU: String?
        package var quantity: Int

        package init(platformOrderNo: String?, msku: String?, localSKU: String?, quantity: Int) {
            self.platformOrderNo = platformOrderNo
            self.msku = msku
            self.localSKU = localSKU
            self.quantity = quantity
        }
    }

    package var globalOrderNo: String
    package var storeID: String
    package var platformOrderNos: [String]
    /// LingXing's number as received: `status` is `nil` for one that the contract does not name.
    package var rawStatus: Int
    package var isDeleted: Bool
    package var updated: Date?
    package var delivered: Date?
    package var currency: String?
    /// LingXing's own total of the order where it shows one.
    package var total: Decimal?
    package var items: [Item]

    package var status: Status? { Status(rawValue: rawStatus) }

    package init(
        globalOrderNo: String, storeID: String, platformOrderNos: [String], rawStatus: Int, isDeleted: Bool = false,
        updated: Date? = nil, delivered: Date? = nil, currency: String? = nil, total: Decimal? = nil, items: [Item] = []
    ) {
        self.globalOrderNo = globalOrderNo
        self.storeID = storeID
        self.platformOrderNos = platformOrderNos
        self.rawStatus = rawStatus
        self.isDeleted = isDeleted
        self.updated = updated?.ifPlausible
        self.delivered = delivered?.ifPlausible
        self.currency = currency
        // Only shown; what no sum of prices comes to is none.
        self.total = total.flatMap { $0.isNaN || $0.magnitude >= 1_000_000_000_000 ? nil : $0 }
        self.items = items
    }
}
