import Domain
import JSON

extension OutboundOrder {
    /// Reads a row of the sales outbound orders (LingXing contract 8.3). They are asked for by platform order numbers: a row without any
    /// would be nobody's.
    init(_ row: JSONReader, times: LingXingTime) throws(JSONError) {
        let fields = row.value
        guard !fields.platformOrderNumbers.isEmpty else {
            throw row.missing("platform_order_no")
        }
        var products: [Product] = []
        for product in try row.elements(ifPresent: "product_info") ?? [] { products.append(try Product(product)) }
        self.init(
            number: try row.id("wo_number"), globalOrderNo: try row.id("order_number"),
            platformOrderNos: fields.platformOrderNumbers, storeID: try row.id("sid"),
            rawStatus: try row.int("status"), trackingNumber: fields.filled("tracking_no"),
            carrier: fields.filled("actual_carrier") ?? fields.filled("logistics_provider_name"),
            delivered: times.parse(fields["delivered_at"]), stockDelivered: times.parse(fields["stock_delivered_at"]),
            products: products)
    }
}

extension OutboundOrder.Product {
    fileprivate init(_ product: JSONReader) throws(JSONError) {
        let fields = product.value
        self.init(
            sku: fields.filled("sku"), sellerSKU: fields.filled("seller_sku"), quantity: try product.int("count"),
            bundleType: OutboundOrder.BundleType(rawValue: fields["bundle_type"]?.int ?? 0) ?? .plain,
            lineID: fields.id("wod_id"), bundleLineID: fields.id("bundle_wod_id"),
            platformOrderNo: fields.filled("platform_order_no"))
    }
}
