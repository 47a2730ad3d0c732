import FoundationEssentials

/// One row of LingXing's order management.
struct LingXingOrder: Sendable {
    enum Status: Int, Sendable {
        case toReview = 4, toShip = 5, shipped = 6, cancelled = 7
    }

    struct Item: Sendable {
        let id: Int
        let msku: String
        /// nil: not paired with a local SKU.
        let localSKU: String?
        var quantity: Int
        let price: String
        /// The platform order that it came from, in a merged order.
        var platformOrderNo: String?
    }

    let globalNo: Int
    let storeID: String
    let platformOrderNo: String
    /// The order as it was sent.
    let sent: Wire
    var plan: StaffPlan
    var status = Status.toReview
    var deleted = false
    var wid: Int?
    var typeID: String?
    var items: [Item]
    let created: Date
    let visible: Date
    var updated: Date
    var reviewed: Date?
    var delivered: Date?
    var cancelled: Date?
    var split = false
    /// The platform order numbers that were merged into this one.
    var merged: [String] = []
    var stockLocked = false
    var outbounds: [Int] = []

    var platformOrderNos: [String] { [platformOrderNo] + merged }

    var isPaired: Bool { items.allSatisfy { $0.localSKU != nil } }
}

/// One sales outbound order of the warehouse side.
struct Outbound: Sendable {
    enum Status: Int, Sendable {
        case ordering = 1, toShip = 2, shipped = 3, intercepted = 4
    }

    let id: Int
    let number: String
    let order: Int
    let wid: Int
    var status = Status.ordering
    var tracking = ""
    let created: Date
    var updated: Date
    var delivered: Date?
    var items: [LingXingOrder.Item]
}

/// One row of `inventoryDetails`.
struct LocalStock: Sendable {
    let wid: Int
    let productID: Int
    let sku: String
    let seller: String
    var valid: Int
    var locked = 0
    var bad = 0
    var receiving = 0
}
