package import Domain
import JSON
package import PartnerHTTP

extension LingXingClient {
    /// The whole stock of one warehouse (`inventoryDetails`, 800 rows a page), seen whole in one walk or not at all: an
    /// incomplete figure would sell what is not there, or take off the shelf what is (invariant 7).
    package func inventory(wid: String, permit: ContinuousClock.Instant? = nil) async throws(PartnerError) -> [LingXingStockRow] {
        let walk = ListWalk<StockRecord, [String]>(length: 800, demand: .whole) { $0.key }
        let records = try await walk.rows(of: .inventory) { offset, _ async throws(PartnerError) in
            let parameters: JSONObject = [
                "wid": .string(wid), "offset": .number(JSONNumber(offset)), "length": .number(JSONNumber(walk.length)),
            ]
            return try await call(.inventory, parameters, permit: permit) { answer throws(JSONError) in
                try Page(answer.data, total: answer.total, path: "data") { row throws(JSONError) in try StockRecord(row) }
            }
        }
        return records.compactMap(\.row)
    }

    /// Local and overseas warehouses, deleted ones too: they still answer with stock (LingXing contract 8.4).
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
            }
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
        let wid = try row.id("wid")
        let available = try row.int("product_valid_num")
        self.row = fields.filled("sku").map { LingXingStockRow(wid: wid, sku: $0, available: available) }
        key = ["wid", "product_id", "sku", "seller_id", "fnsku"].map { fields.filled($0) ?? "" }
    }
}

extension LingXingWarehouse {
    fileprivate init(_ row: JSONReader) throws(JSONError) {
        self.init(
            wid: try row.id("wid"), name: row.value.filled("name") ?? "", isDeleted: row.value["is_delete"]?.bool ?? false)
    }
}
