package import JSON

/// What DSCO is told about one SKU (DSCO contract 7): an effect of stock. All mapped warehouses of the SKU, and their sum.
package struct StockFigure: PartnerEffect {
    package struct WarehouseQuantity: LedgerValue, Sendable, Hashable {
        package var code: String
        package var quantity: Int

        package init(code: String, quantity: Int) {
            self.code = code
            self.quantity = quantity
        }

        package init(_ json: JSONReader) throws(JSONError) {
            self.init(code: try json.string("code"), quantity: try json.int("quantity"))
        }

        package var json: JSON { ["code": .string(code), "quantity": .number(JSONNumber(quantity))] }
    }

    /// The DSCO SKU.
    package var sku: String
    /// In order of the codes, so that equal figures are equal values.
    package var warehouses: [WarehouseQuantity]

    package var key: String { sku }
    package var quantityAvailable: Int { warehouses.reduce(0) { $0 + $1.quantity } }

    package init(sku: String, warehouses: [WarehouseQuantity]) {
        self.sku = sku
        self.warehouses = warehouses.sorted { $0.code < $1.code }
    }

    package init(_ json: JSONReader) throws(JSONError) {
        self.init(sku: try json.string("sku"), warehouses: try WarehouseQuantity.list(json, "warehouses"))
    }

    package var json: JSON { ["sku": .string(sku), "warehouses": WarehouseQuantity.list(warehouses)] }
}
