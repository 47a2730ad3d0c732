import Domain
import FoundationEssentials
import JSON

extension LingXingOrder {
    /// Reads a row of the order list (LingXing contract 8.2). One without a platform order number belongs to nobody: taken as read, it
    /// would make its order look absent.
    init(_ row: JSONReader) throws(JSONError) {
        let fields = row.value
        let numbers = fields.platformOrderNumbers
        guard !numbers.isEmpty else {
            throw row.missing("platform_info")
        }
        var items: [Item] = []
        for item in try row.elements(ifPresent: "item_info") ?? [] { items.append(try Item(item)) }
        self.init(
            globalOrderNo: try row.id("global_order_no"), storeID: try row.id("store_id"),
            platformOrderNos: numbers,
            rawStatus: try row.int("status"),
            isDeleted: fields["is_delete"]?.bool ?? false, updated: LingXingTime.epoch(fields["update_time"]),
            delivered: LingXingTime.epoch(fields["global_delivery_time"]), currency: fields.filled("amount_currency"),
            total: Self.total(fields), items: items)
    }

    /// What was paid, else the sum of the lines. `transaction_info` shows a total too, but as a text for people (pitfall 7).
    private static func total(_ fields: JSONView) -> Decimal? {
        sum(fields["payment_info"], "payment_amount") ?? sum(fields["item_info"], "item_price_amount")
    }

    /// The sum of a field over all rows, or nil when there are none or one does not say.
    private static func sum(_ rows: JSONView?, _ key: String) -> Decimal? {
        guard let rows = rows?.array, !rows.isEmpty else { return nil }
        var sum = Decimal(0)
        for row in rows {
            guard let amount = row[key]?.decimal else { return nil }
            sum += amount
        }
        return sum
    }
}

extension LingXingOrder.Item {
    fileprivate init(_ item: JSONReader) throws(JSONError) {
        self.init(
            platformOrderNo: item.value.filled("platform_order_no"), msku: item.value.filled("msku"),
            localSKU: item.value.filled("local_sku"), quantity: try item.int("quantity"))
    }
}
