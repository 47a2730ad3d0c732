package import Domain
import JSON

/// A SKU's stock as DSCO shows it (DSCO contract 7).
package struct InventoryRecord: Sendable, Hashable {
    package let sku: String
    package let status: String?
    package let quantityAvailable: Int?
    /// In order of the codes. A warehouse without a quantity is left out.
    package let warehouses: [StockFigure.WarehouseQuantity]

    init(_ json: JSONReader) throws(JSONError) {
        sku = try json.text("sku")
        status = json.value["status"]?.string
        quantityAvailable = try json.int(ifPresent: "quantityAvailable")
        var warehouses: [StockFigure.WarehouseQuantity] = []
        for warehouse in try json.elements(ifPresent: "warehouses") ?? [] {
            guard let quantity = try warehouse.int(ifPresent: "quantity") else { continue }
            warehouses.append(.init(code: try warehouse.text("code"), quantity: quantity))
        }
        self.warehouses = warehouses.sorted { $0.code < $1.code }
    }
}

/// One of the supplier's warehouses (DSCO contract 7, `GET /warehouse/page`).
package struct WarehouseRecord: Sendable, Hashable {
    package let code: String
    package let name: String?
    package let isActive: Bool

    init(_ json: JSONReader) throws(JSONError) {
        code = try json.text("code")
        name = json.value["name"]?.text
        isActive = json.value["status"]?.string?.lowercased() != "inactive"
    }
}
