extension LingXingGateway {
    func inventory(_ body: Wire, _ call: Call) async -> Reply {
        let texts = body["wid"]?.text?.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        let wids = texts?.compactMap { Int($0) }
        guard wids?.count == texts?.count else {
            effects.violation("\(call.path)_shape", "wid: \(body["wid"]?.text ?? "")")
            return illegal(.erp, ["wid: 仓库参数错误"])
        }
        let rows = await memory.stockRows(wids: wids, sku: body["sku"]?.text)
        let page = Self.slice(rows, offset: body["offset"]?.integer ?? 0, length: body["length"]?.integer ?? 20)
        return erp(page.map { $0.wire(overseas: isOverseas($0.wid)) }, total: rows.count)
    }

    private func isOverseas(_ wid: Int) -> Bool {
        world.localWarehouses.contains { $0.wid == wid && $0.type == 3 }
    }

    func warehouses(_ body: Wire, _ call: Call) async -> Reply {
        let deleted = (body["is_delete"]?.text ?? "0").split(separator: ",")
        let found = world.localWarehouses.filter {
            $0.type == body["type"]?.integer ?? 1 && deleted.contains($0.deleted ? "1" : "0")
        }
        let page = Self.slice(found, offset: body["offset"]?.integer ?? 0, length: body["length"]?.integer ?? 1000)
        let rows: [Wire] = page.map { warehouse in
            [
                "wid": .integer(warehouse.wid), "type": .integer(warehouse.type), "name": .string(warehouse.name),
                // An integer or a string, as it happens.
                "is_delete": warehouse.type == 3 ? .string(warehouse.deleted ? "1" : "0") : .integer(warehouse.deleted ? 1 : 0),
                "wp_id": 1, "wp_name": warehouse.type == 3 ? "Example 3PL" : "", "t_country_area_name": "美国",
                "t_status": warehouse.type == 3 ? 1 : "",
                "t_warehouse_code": .string(warehouse.type == 3 ? "T\(warehouse.wid)" : ""),
                "t_warehouse_name": "", "country_code": "US",
            ]
        }
        return erp(rows, total: found.count)
    }

    func shops(_ body: Wire, _ call: Call) async -> Reply {
        let codes = body["platform_code"]?.elements?.compactMap { $0.text ?? $0.digits }
        let custom = codes?.contains(String(FixedWorld.platformCode)) ?? true
        let shown = custom && body["is_sync"]?.integer != 0 && body["status"]?.integer != 0
        let found = shown ? world.retailers.filter { $0.storeID != nil } : []
        let page = Self.slice(found, offset: body["offset"]?.integer ?? 0, length: body["length"]?.integer ?? 200)
        return platform([
            "total": .string(String(found.count)),
            "list": .array(
                page.map { shop in
                    [
                        "store_id": .optional(shop.storeID), "sid": "", "store_name": .string(shop.name),
                        "platform_code": .string(String(FixedWorld.platformCode)), "platform_name": "自定义平台", "currency": "USD",
                        "is_sync": 1, "status": 1,
                    ]
                }),
        ])
    }

    func logisticsTypes(_ body: Wire, _ call: Call) async -> Reply {
        let parameters = body["param"] ?? .null
        let length = parameters["length"]?.integer ?? 20
        let found = world.logisticsTypes.filter { $0.providerType == parameters["provider_type"]?.integer }
        let page = Self.slice(found, offset: ((parameters["page"]?.integer ?? 1) - 1) * length, length: length)
        let rows: [Wire] = page.map { type in
            .compact([
                ("type_id", .string(type.id)), ("name", .string(type.name)), ("code", .string(type.level.code)), ("is_used", 1),
                ("logistics_provider_id", "203449733648203776"), ("logistics_provider_name", "Example 3PL"),
                ("provider_is_used", 1),
                ("type", .integer(type.providerType)), ("wid", type.providerType == 2 ? .integer(type.wid) : nil),
                ("warehouse_type", 1), ("fee_template_id", 0), ("supplier_code", .null), ("is_platform_provider", 0),
            ])
        }
        return erp(rows, total: found.count)
    }

    func pairs(_ body: Wire, _ call: Call) async -> Reply {
        func texts(_ name: String) -> [String]? { body[name]?.elements?.compactMap { $0.text ?? $0.digits } }
        let stores = texts("store_ids")
        let mskus = texts("msku")
        let skus = texts("sku")
        var rows: [Wire] = []
        for (number, retailer) in world.retailers.enumerated() {
            guard let store = retailer.storeID, stores?.contains(store) ?? true else { continue }
            for (index, product) in world.products.enumerated() {
                guard let local = product.localSKU, skus?.contains(local) ?? true else { continue }
                for msku in [product.sku, world.partnerSKU(index, retailer: number)].compactMap({ $0 })
                where mskus?.contains(msku) ?? true {
                    rows.append([
                        "store_id": .string(store), "store_name": .string(retailer.name),
                        "platform_code": .string(String(FixedWorld.platformCode)), "platform_name": "自定义平台",
                        "msku": .string(msku),
                        "sku": .string(local), "local_name": .string("商品 \(local)"), "modify_time": "2024-06-24 22:09:43",
                    ])
                }
            }
        }
        let length = body["length"]?.integer ?? 20
        guard body["use_cursor"]?.boolean == true else {
            let page = Self.slice(rows, offset: body["offset"]?.integer ?? 0, length: length)
            return platform(["total": .string(String(rows.count)), "list": .array(page)])
        }
        let start = Int(body["cursor_id"]?.text ?? body["cursor_id"]?.digits ?? "0") ?? 0
        let page = Self.slice(rows, offset: start, length: length)
        return platform([
            "has_next": .bool(start + page.count < rows.count), "next_cursor_id": .string(String(start + page.count)),
            "list": .array(page),
        ])
    }
}

extension LingXingWorld {
    /// The rows of these warehouses, deleted ones among them, whose SKU contains `sku`.
    func stockRows(wids: [Int]?, sku: String?) -> [LocalStock] {
        _ = advance()
        return stock.filter { row in
            (wids?.contains(row.wid) ?? true) && (sku.map { row.sku.contains($0) } ?? true)
        }
    }
}

extension LocalStock {
    func wire(overseas: Bool) -> Wire {
        let shown = max(0, valid)
        return [
            "wid": .integer(wid), "product_id": .integer(productID), "sku": .string(sku), "seller_id": .string(seller),
            "fnsku": "",
            "product_total": .integer(shown + locked + bad), "product_valid_num": .integer(shown),
            "product_bad_num": .integer(bad),
            "product_qc_num": 0, "product_lock_num": .integer(locked), "good_lock_num": .integer(locked), "bad_lock_num": 0,
            "stock_cost_total": "0.00", "quantity_receive": .string(String(receiving)), "stock_cost": "10.0000",
            "product_onway": 0,
            "transit_head_cost": "0.00", "average_age": 135,
            "third_inventory": overseas && seller == "0"
                ? [
                    "qty_sellable": .integer(shown), "qty_pending": 0, "qty_reserved": 0, "qty_onway": 0,
                    "third_inventory_data": [],
                ] : [],
            "stock_age_list": [["name": "0-15天库龄", "qty": .integer(shown)]], "purchase_price": "10.0000", "price": "0.0000",
            "head_stock_price": "0.0000", "stock_price": "10.0000",
        ]
    }
}
