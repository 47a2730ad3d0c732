import FoundationEssentials

/// What the product needs to work with this sandbox.
package struct Documents: Sendable {
    let world: FixedWorld
    let configuration: SandboxConfiguration
    let clock: SandboxClock

    /// A whole runtime configuration (design 5): every job enabled, every two seconds, with the mappings of the fixed world.
    package func runtimeConfiguration() -> Wire {
        func job(_ size: Int) -> Wire {
            ["enable": true, "cron": "*/2 * * * * *", "size": .integer(size), "shards": 1, "paused_until": .null]
        }
        let prices: Wire = ["consumerPriceWithTax", "consumerPrice", "retailPrice", "expectedCost"]
        let start = Timestamps.dsco(clock.now().addingTimeInterval(-86400)).replacing("+00:00", with: "Z")
        return [
            "domain": "dsco_lingxing", "identity": "po_number",
            "jobs": [
                "pull_dsco_orders": job(1000), "push_to_lingxing": job(500), "ack_to_dsco": job(500), "ship_to_dsco": job(500),
                "invoice_to_dsco": job(500), "sync_stock": job(5000),
            ],
            "mapping": [
                "shop": .compact(world.retailers.compactMap { retailer in retailer.storeID.map { (retailer.id, .string($0)) } }),
                "warehouse": .compact(
                    world.warehouses.compactMap { place in place.wid.map { (place.code, .string(String($0))) } }),
                "sku": .compact(
                    world.products.compactMap { product in
                        product.localSKU == product.sku ? nil : product.localSKU.map { (product.sku, .string($0)) }
                    }),
                "shipment": .compact(
                    world.logisticsTypes.compactMap { type in
                        world.warehouses.first { $0.wid == type.wid }.map { ("\($0.code)-\(type.level.code)", .string(type.id)) }
                    }),
            ],
            "stages": [
                "push": [
                    "write": true, "unit_price": prices, "include_contact": true, "create_batch": 20, "parallel_calls": 10,
                    "cancel_in_lingxing": false,
                ], "ack": ["statuses": [5, 6]],
                "ship": ["packages": "single", "require_shipped_status": true],
                "invoice": ["unit_price": prices, "per": "order"],
                "stock": ["include_zero": true, "skus": [], "warehouses": [], "reserve": 0],
                "pull": [
                    "sweeps": ["created", "updated"], "overlap_seconds": 60, "start": .string(start), "test_orders": false,
                ],
            ], "retry": ["base_seconds": 1, "max_seconds": 10, "attempts": 12], "recheck_seconds": 60,
            "retention_days": ["events": 365, "runs": 30, "stock": 90],
        ]
    }

    /// The environment variables (design 3) that point at this sandbox.
    package func environment(base: String) -> [(name: String, value: String)] {
        [
            ("DSCO_BASE_URL", "\(base)/dsco/api/v3"), ("DSCO_CLIENT_ID", configuration.dsco.clientID),
            ("DSCO_CLIENT_SECRET", configuration.dsco.clientSecret), ("LINGXING_BASE_URL", "\(base)/lingxing"),
            ("LINGXING_APP_ID", configuration.lingXing.appID), ("LINGXING_APP_SECRET", configuration.lingXing.appSecret),
            ("LINGXING_PLATFORM_CODE", String(FixedWorld.platformCode)), ("LINGXING_TIME_ZONE", "Asia/Shanghai"),
            ("DSCO_TIMEOUT_SECONDS", "5"), ("LINGXING_TIMEOUT_SECONDS", "5"), ("DSCO_SETTLING_SECONDS", "3"),
            ("LINGXING_SETTLING_SECONDS", "3"), ("LINGXING_MIN_GAP_SECONDS", "0.05"),
        ]
    }
}
