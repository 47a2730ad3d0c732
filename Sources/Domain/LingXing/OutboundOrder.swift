package import FoundationEssentials

/// One row of LingXing's sales outbound orders (LingXing contract 8.3, wmsOrderList).
package struct OutboundOrder: Sendable, Hashable {
    package enum Status: Int, Sendable, Hashable {
        case ordering = 1
        case toShip, shipped, intercepted
    }

    package enum BundleType: Int, Sendable, Hashable {
        case plain = 0
        case bundle, part
    }

    package struct Product: Sendable, Hashable {
        /// LingXing's local SKU.
        package var sku: String?
        /// The shop's SKU (MSKU): what we pushed.
        package var sellerSKU: String?
        package var quantity: Int
        package var bundleType: BundleType
        /// The line's own id (`wod_id`).
        package var lineID: String?
        /// The line of the bundle that a part belongs to.
        package var bundleLineID: String?
        /// The platform order that the goods belong to; LingXing shows it, but does not document it (LingXing contract 8.3).
        package var platformOrderNo: String?

        package init(
            sku: String?, sellerSKU: String?, quantity: Int, bundleType: BundleType = .plain, lineID: String? = nil,
            bundleLineID: String? = nil, platformOrderNo: String? = nil
        ) {
            self.sku = sku
            self.sellerSKU = sellerSKU
            self.quantity = quantity
            self.bundleType = bundleType
            self.lineID = lineID
            self.bundleLineID = bundleLineID
            self.platformOrderNo = platformOrderNo
        }
    }

    /// The outbound number, `WO…`.
    package var number: String
    package var globalOrderNo: String
    package var platformOrderNos: [String]
    package var storeID: String
    package var rawStatus: Int
    /// `nil` when LingXing has none yet.
    package var trackingNumber: String?
    package var carrier: String?
    package var delivered: Date?
    package var stockDelivered: Date?
    package var products: [Product]

    package var status: Status? { Status(rawValue: rawStatus) }

    /// When the goods left: the document's time, else the stock flow's (design 6, ship).
    package var shipDate: Date? { delivered ?? stockDelivered }

    package init(
        number: String, globalOrderNo: String, platformOrderNos: [String], storeID: String, rawStatus: Int,
        trackingNumber: String?, carrier: String? = nil, delivered: Date? = nil, stockDelivered: Date? = nil, products: [Product]
    ) {
        self.number = number
        self.globalOrderNo = globalOrderNo
        self.platformOrderNos = platformOrderNos
        self.storeID = storeID
        self.rawStatus = rawStatus
        self.trackingNumber = trackingNumber
        self.carrier = carrier
        self.delivered = delivered?.ifPlausible
        self.stockDelivered = stockDelivered?.ifPlausible
        self.products = products
    }
}
