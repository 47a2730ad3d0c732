package import Domain
import JSON
package import PartnerHTTP

extension LingXingClient {
    /// The whole stock of one warehouse (`inventoryDetails`, 800 rows a page), seen whole in one walk or not at all: an
    /// incomplete figure would sell what is not there, or take off the shelf what is (invariant 7).
    ///
    /// A row whose quantity cannot be read makes its SKU unknown; one whose SKU cannot be read fails the call, since it may be any's.
    package func inventory(
        wid: String, permit: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> LingXingRows<LingXingStockRow> {
        let walk = ListWalk<StockRecord, [String]>(length: 800, demand: .whole) { $0.key }
        let records = try await walk.rows(of: .inventory) { offset, _ async throws(PartnerError) in
            let parameters: JSONObject = [
                "wid": .string(wid), "offset": .number(JSONNumber(offset)), "length": .number(JSONNumber(walk.length)),
            ]
            return try await call(.inventory, parameters, permit: permit) { answer throws(JSONError) in
                try Page(answer.data, total: answer.total, path: "data") { row throws(JSONError) in try StockRecord(row) }
            }
        }
        if let nameless = records.unreadable.first(where: { $0.sku == nil }) {
            let call = "\(LingXingEndpoint.inventory.method) \(LingXingEndpoint.inventory.path)"
            throw PartnerError(
                .lingXing, .malformedAnswer, call: call, code: PartnerError.Code.unreadableAnswer, words: nameless.words)
        }
        return LingXingRows(records.readable.compactMap(\.row), unreadable: records.unreadable)
    }

    /// Local and overseas warehouses that can be read, deleted ones too: they still answer with stock (LingXing contract 8.4).
    package func warehouses(permit: ContinuousClock.Instant? = nil) async throws(PartnerError) -> [LingXingWarehouse] {
        var warehouses: [LingXingWarehouse] = []
        for type in [1, 3] {
            let walk = ListWalk<LingXingWarehouse, String>(length: 1000, demand: .whole) { $0.wid }
            warehouses += try await walk.rows(of: .warehouses) { offset, _ async throws(PartnerError) in
                let parameters: JSONObject = [
                    "type": .number(JSONNumber(type)), "is_delete": "0,1", "offset": .number(JSONNumber(offset)),
                    "length": .number(JSONNumber(walk.length)),
                ]
                return try await call(.warehouses, parameters, permit: permit) { answer throws(JSONError) in
                    try Page(answer.data, total: answer.total, path: "data") { row throws(JSONError) in
                        try LingXingWarehouse(row)
                    }
                }
            }.readable
        }
        return warehouses
    }
}

/// A stock row with everything that tells it from others of the same warehouse and SKU.
private struct StockRecord: Sendable {
    /// Nil for a product without a SKU, which cannot be mapped to anything.
    let row: LingXingStockRow?
    let key: [String]

    init(_ row: JSONReader) throws(JSONError) {
        let fields = row.value
        // A product without a SKU is none of ours; one whose SKU is no text may be.
        if let sku = try row.member("sku") { _ = try sku.text() }
        if let sku = fields.filled("sku") {
            self.row = LingXingStockRow(wid: try row.id("wid"), sku: sku, available: try row.int("product_valid_num"))
        } else {
            self.row = nil
        }
        key = ["wid", "product_id", "sku", "seller_id", "fnsku"].map { fields.filled($0) ?? "" }
    }
}

extension LingXingWarehouse {
    fileprivate init(_ row: JSONReader) throws(JSONError) {
        self.init(
            wid: try row.id("wid"), name: row.value.filled("name") ?? "", isDeleted: row.value["is_delete"]?.bool ?? false)
    }
}
