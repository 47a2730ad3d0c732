import FoundationEssentials

extension DSCOGateway {
    func orderPage(_ call: Call) async -> Reply {
        let names = [
            "scrollId", "consumerOrderNumber", "ordersCreatedSince", "ordersUpdatedSince", "until", "status", "includeTestOrders",
            "returnedOnly", "ordersPerPage",
        ]
        if let refusal = await unknownParameters(call, names) { return refusal }
        if let scroll = call.parameter("scrollId") {
            guard let orders = await memory.nextPage(scroll) else {
                effects.violation("scroll_expired", scroll)
                return await failure(404, "scrollId \(scroll) not found", code: "notFound")
            }
            return page(scroll, orders)
        }
        var query = DSCOWorld.PageQuery()
        var faults: [String] = []
        func date(_ name: String) -> Date? {
            guard let text = call.parameter(name) else { return nil }
            let date = Timestamps.parse(text)
            if date == nil { faults.append("\(name) is no ISO 8601 date with a zone: \(text)") }
            return date
        }
        query.createdSince = date("ordersCreatedSince")
        query.updatedSince = date("ordersUpdatedSince")
        query.until = date("until")
        query.consumerOrderNumber = call.parameter("consumerOrderNumber")
        query.statuses = call.parameters("status")
        query.includesTests = call.parameter("includeTestOrders") == "true"
        if query.consumerOrderNumber == nil {
            if (query.createdSince == nil) == (query.updatedSince == nil) {
                faults.append("one of ordersCreatedSince and ordersUpdatedSince is required")
            }
            if let until = query.until {
                if until > clock.now().addingTimeInterval(-settings.minimumAge) {
                    faults.append("until must lie 5 seconds in the past")
                }
                if let since = query.createdSince ?? query.updatedSince, since > until { faults.append("the window is empty") }
            } else {
                faults.append("until is required")
            }
        }
        for status in query.statuses where !["created", "shipment_pending", "shipped", "cancelled"].contains(status) {
            faults.append("unknown status \(status)")
        }
        for name in ["includeTestOrders", "returnedOnly"] {
            if let text = call.parameter(name), text != "true", text != "false" { faults.append("\(name) must be true or false") }
        }
        if let text = call.parameter("ordersPerPage") {
            query.perPage = Int(text) ?? 0
            if !(10...1000).contains(query.perPage) { faults.append("ordersPerPage must be 10 to 1000") }
        }
        guard faults.isEmpty else { return await broken("order_page_query", call, faults) }
        let (scroll, orders) = await memory.page(query)
        return page(scroll, orders)
    }

    private func page(_ scrollID: String, _ orders: [DSCOOrder]) -> Reply {
        // The last page is empty and carries no scrollId.
        guard !orders.isEmpty else { return Reply(200, ["orders": []]) }
        return Reply(200, ["scrollId": .string(scrollID), "orders": .array(orders.map { $0.wire(world) })])
    }

    func order(_ call: Call) async -> Reply {
        if let refusal = await unknownParameters(call, ["orderKey", "value", "returnMultiple"]) { return refusal }
        guard let key = OrderKey.allCases.first(where: { $0.member == call.parameter("orderKey") }),
            let value = call.parameter("value"), !value.isEmpty
        else {
            return await broken(
                "order_query", call, ["orderKey must be dscoOrderId, poNumber or supplierOrderNumber, value must be given"])
        }
        let found = await memory.order(key, value)
        guard let first = found.first else { return await failure(404, "\(key.member) \(value) not found", code: "notFound") }
        let several = call.parameter("returnMultiple") == "true"
        return Reply(200, several ? .array(found.map { $0.wire(world) }) : first.wire(world))
    }

    func invoice(_ call: Call) async -> Reply {
        if let refusal = await unknownParameters(call, ["key", "value"]) { return refusal }
        guard let key = call.parameter("key").flatMap(InvoiceKey.init), let value = call.parameter("value"), !value.isEmpty else {
            return await broken("invoice_query", call, ["key must be one of \(InvoiceKey.allCases.map(\.rawValue))"])
        }
        return Reply(200, ["invoices": .array(await memory.invoices(key: key, value))])
    }

    func item(_ call: Call) async -> Reply {
        if let refusal = await unknownParameters(
            call, ["itemKey", "value", "dscoRetailerId", "dscoTradingPartnerId", "returnMultiple"])
        {
            return refusal
        }
        guard let key = call.parameter("itemKey"), ["dscoItemId", "sku", "upc", "ean", "mpn", "isbn", "gtin"].contains(key),
            let value = call.parameter("value")
        else {
            return await broken(
                "inventory_query", call, ["itemKey must be an item id that a supplier may use, value must be given"])
        }
        guard let item = await memory.item(key: key, value) else {
            return await failure(404, "\(key) \(value) not found", code: "notFound")
        }
        let wire = wire(item)
        return Reply(200, call.parameter("returnMultiple") == "true" ? [wire] : wire)
    }

    private func wire(_ item: ItemStock) -> Wire {
        let product = item.product.map { world.products[$0] }
        let updated = Timestamps.dsco(item.updated)
        return .compact([
            ("sku", .string(item.sku)), ("dscoItemId", product.map { .string($0.dscoItemID) }),
            ("upc", product.map { .string($0.upc) }),
            ("quantityAvailable", .integer(item.available)), ("currencyCode", "USD"), ("status", .string(item.status)),
            (
                "warehouses",
                .array(
                    item.quantities.keys.sorted().map { code in
                        [
                            "code": .string(code), "dscoId": .optional(world.warehouse(code: code)?.dscoID),
                            "quantity": .integer(item.shown(code)),
                            "status": "active",
                        ]
                    })
            ), ("dscoSupplierId", .string(FixedWorld.supplierID)), ("dscoLastUpdateDate", .string(updated)),
            ("dscoLastQuantityUpdateDate", .string(updated)),
        ])
    }

    func warehouses(_ call: Call) async -> Reply {
        if let refusal = await unknownParameters(
            call, ["scrollId", "idType", "idValue", "status", "supplierId", "dscoTradingPartnerId", "name"])
        {
            return refusal
        }
        let status = call.parameter("status")
        let found = world.warehouses.filter { status == nil || status == ($0.active ? "active" : "inactive") }
        return Reply(
            200,
            [
                "warehouses": .array(
                    found.map { warehouse in
                        [
                            "warehouseId": .string(warehouse.dscoID), "code": .string(warehouse.code),
                            "supplierId": .string(FixedWorld.supplierID), "status": warehouse.active ? "active" : "inactive",
                            "name": .string(warehouse.name), "address": ["2 Warehouse Rd"], "city": "Ontario", "region": "CA",
                            "country": "US", "postal": "91761",
                        ]
                    })
            ])
    }

    func log(_ kind: LogKind, _ call: Call) async -> Reply {
        if let refusal = await unknownParameters(call, ["scrollId", "requestId", "startDate", "endDate", "status"]) {
            return refusal
        }
        if let scroll = call.parameter("scrollId") {
            guard let rows = await memory.nextLogPage(kind, scroll) else {
                effects.violation("scroll_expired", scroll)
                return await failure(404, "scrollId \(scroll) not found", code: "notFound")
            }
            return log(rows, scrollID: rows.isEmpty ? nil : scroll, status: nil)
        }
        let wanted = call.parameter("status")
        if let wanted, !["pending", "success", "failure", "success_or_failure"].contains(wanted) {
            return await broken("log_query", call, ["unknown status \(wanted)"])
        }
        var rows: [ChangeLog.Row] = []
        var top: String?
        if let requestID = call.parameter("requestId") {
            let found = await memory.log(kind, requestID: requestID)
            rows = found?.rows ?? []
            top = found.map { $0.completed ? "COMPLETED" : "PROCESSING" }
        } else {
            guard let start = call.parameter("startDate").flatMap(Timestamps.parse),
                let end = call.parameter("endDate").flatMap(Timestamps.parse)
            else { return await broken("log_query", call, ["requestId, or both startDate and endDate, are required"]) }
            rows = await memory.log(kind, from: start, to: end)
        }
        let now = clock.now()
        rows = rows.filter { row in
            let status = row.status(now: now)
            return wanted == nil || wanted == status || wanted == "success_or_failure" && status != "pending"
        }
        let first = await memory.beginLogScroll(kind, rows)
        return log(first.rows, scrollID: first.scrollID, status: top)
    }

    private func log(_ rows: [ChangeLog.Row], scrollID: String?, status: String?) -> Reply {
        let now = clock.now()
        return Reply(
            200,
            .compact([
                ("scrollId", scrollID.map(Wire.string)), ("status", status.map(Wire.string)),
                ("logs", .array(rows.map { $0.wire(now: now) })),
            ]))
    }
}
