package import Domain
import JSON
package import PartnerHTTP

extension DSCOClient {
    /// Sets stock figures. The outcome per SKU is in the inventory's change log; a SKU unknown to DSCO fails there (it is never
    /// skipped silently).
    package func setStock(
        _ batch: DSCOBatch<StockFigure>, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) -> AsyncReceipt {
        try await queue(.inventory, body: batch.body, deadline: deadline)
    }

    /// Sets one SKU's figure and returns when DSCO has taken it.
    package func setStockAtOnce(_ figure: StockFigure, deadline: ContinuousClock.Instant) async throws(PartnerError) {
        try await execute(.singleItem, body: InventoryBody.item(figure), deadline: deadline)
    }

    /// A SKU's stock at DSCO; nil when DSCO does not know the SKU.
    package func stock(
        sku: String, deadline: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> InventoryRecord? {
        try await call(
            .findItem, query: [("itemKey", "sku"), ("value", sku)], deadline: deadline, accepts: DSCOAnswer.isNotFound
        ) { response throws(PartnerError) in
            if response.status == 404 { return nil }
            return try decode(response, .findItem) { json throws(JSONError) in try InventoryRecord(json) }
        }
    }

    /// All warehouses of the supplier, page by page.
    package func warehouses(deadline: ContinuousClock.Instant? = nil) async throws(PartnerError) -> [WarehouseRecord] {
        var warehouses: [WarehouseRecord] = []
        var query = [("status", "active")]
        for _ in 0..<Self.mostPages {
            let page = try await call(.warehouses, query: query, deadline: deadline) { response throws(PartnerError) in
                try decode(response, .warehouses) { json throws(JSONError) in
                    (try json.text(ifPresent: "scrollId"), try json.elements("warehouses").map(WarehouseRecord.init))
                }
            }
            warehouses += page.1
            guard let scrollID = page.0, !page.1.isEmpty else { return warehouses }
            query = [("scrollId", scrollID)]
        }
        throw PartnerError(.dsco, .malformedAnswer, call: DSCOEndpoint.warehouses.rawValue, code: "endless_pages")
    }

    /// No list of DSCO's is longer; one that does not end would otherwise be read for ever.
    static let mostPages = 10_000
}
