/// A LingXing warehouse (LingXing contract 8.7).
package struct LingXingWarehouse: Sendable, Hashable {
    package var wid: String
    package var name: String
    package var isDeleted: Bool

    package init(wid: String, name: String, isDeleted: Bool) {
        self.wid = wid
        self.name = name
        self.isDeleted = isDeleted
    }
}

/// One row of LingXing's stock (LingXing contract 8.4): several rows may share a warehouse and SKU, they are summed.
package struct LingXingStockRow: Sendable, Hashable {
    package var wid: String
    package var sku: String
    /// Units that can be sold (`product_valid_num`).
    package var available: Int

    package init(wid: String, sku: String, available: Int) {
        self.wid = wid
        self.sku = sku
        self.available = available
    }
}
