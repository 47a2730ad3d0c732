package import Domain
package import JSON

/// `POST /inventory/batch/small` and `/inventory/singleItem` (DSCO contract 7): all warehouses of a SKU in one object, and their
/// sum.
package enum InventoryBody {
    package static func item(_ figure: StockFigure) -> JSON {
        var object = JSONObject()
        object.add("sku", figure.sku)
        object.add("status", figure.quantityAvailable > 0 ? "in-stock" : "out-of-stock")
        object.add("quantityAvailable", figure.quantityAvailable)
        object.append(
            "warehouses",
            .array(figure.warehouses.map { ["code": .string($0.code), "quantity": .number(JSONNumber($0.quantity))] }))
        return .object(object)
    }

    package static func batches(_ figures: [StockFigure], largestBody: Int = DSCOBatching.largestBody) -> [DSCOBatch<StockFigure>]
    {
        DSCOBatching.cut(figures, largestBody: largestBody, element: item)
    }
}
