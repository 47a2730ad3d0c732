import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("DSCO's change logs and effects")
struct DSCOEffectTests {
    @Test("a 202 is not success: the log is PROCESSING first, then shows one row an object")
    func asynchronous() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            let rows: Wire = [["id": .string(made.id), "type": "DSCO_ORDER_ID"], ["id": "PO-NONE", "type": "PO_NUMBER"]]
            let accepted = try await running.dsco(.POST, "/order/acknowledge", [], rows)
            #expect(accepted.status == 202)
            #expect(accepted.json["status"] == "pending")
            let request = try #require(accepted.json["requestId"]?.text)
            let before = try await running.dsco(.GET, "/order/log", [("requestId", request)]).json
            #expect(before["status"] == "PROCESSING")
            #expect(before["logs"]?.elements?.isEmpty == true)
            running.clock.advance(1)
            let after = try await running.dsco(.GET, "/order/log", [("requestId", request), ("status", "success_or_failure")])
                .json
            #expect(after["status"] == "COMPLETED")
            let logs = try #require(after["logs"]?.elements)
            #expect(logs.map { $0["status"] } == ["success", "failure"])
            #expect(logs[0]["payload"]?["id"]?.text == made.id)
            #expect(logs[0]["payload"]?["poNumber"] == nil)
            let failed = try await running.dsco(.GET, "/order/log", [("requestId", request), ("status", "failure")]).json
            #expect(failed["logs"]?.elements?.count == 1)
        }
    }

    @Test("a log of many rows comes in pages")
    func logPages() async throws {
        try await withSandbox {
            $0.dsco.logPage = 10
        } _: { running in
            let made = await running.sandbox.createOrders(OrderRequest(count: 25, mix: [(.plain, 1)]))
            let answer = try await running.dsco(
                .POST, "/order/acknowledge", [], .array(made.map { ["id": .string($0.po), "type": "PO_NUMBER"] }))
            running.clock.advance(1)
            var page = try await running.dsco(.GET, "/order/log", [("requestId", answer.json["requestId"]?.text ?? "")]).json
            var rows = page["logs"]?.elements ?? []
            while let scroll = page["scrollId"]?.text {
                page = try await running.dsco(.GET, "/order/log", [("scrollId", scroll)]).json
                rows += page["logs"]?.elements ?? []
            }
            #expect(rows.count == 25)
        }
    }

    @Test(
        "an acknowledgement that makes no sense is a failure row",
        arguments: [Scenario.cancelledAlready, .received, .shippedElsewhere, .acknowledgedElsewhere])
    func acknowledge(_ scenario: Scenario) async throws {
        try await withSandbox { running in
            let made = await running.orders(scenario)[0]
            let rows = try await running.settled(
                "/order/acknowledge", [["id": .string(made.po), "type": "PO_NUMBER"]], log: "/order/log")
            #expect(rows.map { $0["status"] } == ["failure"])
            #expect(running.effects.acknowledged == 0)
        }
    }

    @Test("a second acknowledgement is refused and counted as an attempt to double")
    func acknowledgeTwice() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            try await running.acknowledge(made.po)
            let rows = try await running.settled(
                "/order/acknowledge", [["id": .string(made.po), "type": "PO_NUMBER"]], log: "/order/log")
            #expect(rows.map { $0["status"] } == ["failure"])
            #expect(running.effects.acknowledged == 1)
            #expect(running.effects.duplicateAttempts.details.map(\.rule) == ["acknowledged_twice"])
            #expect(running.effects.duplicates.total == 0)
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rule: String
        let change: @Sendable (inout [String: Wire]) -> Void

        init(_ description: String, _ rule: String, _ change: @escaping @Sendable (inout [String: Wire]) -> Void) {
            testDescription = description
            self.rule = rule
            self.change = change
        }
    }

    @Test(
        "a shipment that breaks a rule is refused, by the log and by 400",
        arguments: [
            Wrong("no carrier", "ship_field_missing") { $0["shipCarrier"] = nil },
            Wrong("no date", "ship_field_missing") { $0["shipDate"] = nil },
            Wrong("unknown code", "ship_unknown_code") { $0["shippingServiceLevelCode"] = "GCG" },
            Wrong("unknown warehouse", "ship_unknown_warehouse") { $0["warehouseCode"] = "WH99" },
            Wrong("in the future", "ship_date_in_future") { $0["shipDate"] = "2036-01-01T00:00:00Z" },
            Wrong("too many units", "over_ship") { $0["lineItems"] = [["sku": $0.sku, "quantity": 9]] },
            Wrong("unknown line", "ship_unknown_line") { $0["lineItems"] = [["sku": "SKU-NONE", "quantity": 1]] },
            Wrong("wrong line number", "ship_line_number") {
                $0["lineItems"] = [["sku": $0.sku, "lineNumber": 7, "quantity": 1]]
            },
        ])
    func shipments(_ wrong: Wrong) async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            let order = try await running.order(made.id)
            let body = running.shipment(order, tracking: "T1", wrong.change)
            let rows = try await running.settled("/order/shipment/batch/small", [body], log: "/order/log")
            #expect(rows.map { $0["status"] } == ["failure"])
            #expect(rows.first?["results"]?.elements?.first?["code"] == "VALIDATION_FAILED")
            #expect(try await running.dsco(.POST, "/order/singleShipment", [], body).status == 400)
            let effects = running.effects
            #expect(effects.shipped == 0)
            #expect(
                effects.refusals[wrong.rule] == 2 || effects.violations.details.map(\.rule) == [wrong.rule, wrong.rule],
                "\(effects)")
        }
    }

    @Test("the same tracking number, the same units and a cancelled order are refused as doubles")
    func shipTwice() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain, .cancelledAlready)
            let order = try await running.order(made[0].id)
            #expect(
                try await running.dsco(.POST, "/order/singleShipment", [], running.shipment(order, tracking: "T1")).status == 201)
            #expect(
                try await running.dsco(.POST, "/order/singleShipment", [], running.shipment(order, tracking: "T1")).status == 400)
            #expect(
                try await running.dsco(.POST, "/order/singleShipment", [], running.shipment(order, tracking: "T2")).status == 400)
            let cancelled = try await running.order(made[1].id)
            #expect(
                try await running.dsco(.POST, "/order/singleShipment", [], running.shipment(cancelled, tracking: "T3")).status
                    == 400)
            #expect(running.effects.shipped == 1)
            #expect(
                running.effects.duplicateAttempts.details.map(\.rule) == [
                    "tracking_number_twice", "units_shipped_twice", "cancelled_order_shipped",
                ])
        }
    }

    @Test("a line in two packages needs packageSpanFlag on every part")
    func spanFlag() async throws {
        try await withSandbox { running in
            let made = await running.orders(.partlyCancelled)[0]
            let order = try await running.order(made.id)
            func part(_ tracking: String, spans: Bool) -> Wire {
                running.shipment(order, tracking: tracking) {
                    $0["lineItems"] = [["sku": $0.sku, "lineNumber": 1, "quantity": 1, "packageSpanFlag": .bool(spans)]]
                }
            }
            #expect(try await running.dsco(.POST, "/order/singleShipment", [], part("T1", spans: false)).status == 400)
            #expect(try await running.dsco(.POST, "/order/singleShipment", [], part("T1", spans: true)).status == 201)
            let between = try await running.order(made.id)
            #expect(between["dscoStatus"] == "shipped")
            #expect(between["dscoLifecycle"] == "acknowledged")
            #expect(try await running.dsco(.POST, "/order/singleShipment", [], part("T2", spans: true)).status == 201)
            #expect(try await running.order(made.id)["dscoLifecycle"] == "completed")
        }
    }

    @Test("the same SKU on two lines needs the line number")
    func ambiguousLine() async throws {
        try await withSandbox { running in
            let made = await running.orders(.duplicateSKU)[0]
            let order = try await running.order(made.id)
            let body = running.shipment(order, tracking: "T1") { $0["lineItems"] = [["sku": $0.sku, "quantity": 1]] }
            #expect(try await running.dsco(.POST, "/order/singleShipment", [], body).status == 400)
            #expect(running.effects.violations.details.map(\.rule) == ["ship_ambiguous_line"])
            #expect(
                try await running.dsco(.POST, "/order/singleShipment", [], running.shipment(order, tracking: "T1")).status == 201)
        }
    }

    @Test(
        "an invoice that breaks a rule is refused",
        arguments: [
            Wrong("total off by a cent", "invoice_total_off") { $0["totalAmount"] = .number("10.01") },
            Wrong("no date", "invoice_field_missing") { $0["invoiceDate"] = nil },
            Wrong("other currency", "invoice_currency") { $0["currencyCode"] = "EUR" },
            Wrong("parts of a cent", "invoice_parts_of_a_cent") {
                $0["lineItems"] = [["sku": $0.sku, "quantity": 1, "unitPrice": .number("9.999")]]
                $0["totalAmount"] = .number("9.999")
            },
        ])
    func invoices(_ wrong: Wrong) async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            let order = try await running.order(made.id)
            #expect(
                try await running.dsco(.POST, "/order/singleShipment", [], running.shipment(order, tracking: "T1")).status == 201)
            let body = running.invoice(order, id: "I1", wrong.change)
            #expect(try await running.dsco(.POST, "/invoice", [], body).status == 400)
            let effects = running.effects
            #expect(effects.invoiced == 0)
            #expect(effects.refusals[wrong.rule] == 1 || effects.violations.details.map(\.rule) == [wrong.rule], "\(effects)")
        }
    }

    @Test("an invoice comes after the shipment, once, and is read after post-processing")
    func invoiceTwice() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            let order = try await running.order(made.id)
            #expect(try await running.dsco(.POST, "/invoice", [], running.invoice(order, id: "I1")).status == 400)
            _ = try await running.dsco(.POST, "/order/singleShipment", [], running.shipment(order, tracking: "T1"))
            #expect(try await running.dsco(.POST, "/invoice", [], running.invoice(order, id: "I1")).status == 201)
            #expect(
                try await running.dsco(.GET, "/invoice", [("key", "invoiceId"), ("value", "I1")]).json["invoices"]?.elements?
                    .isEmpty == true)
            running.clock.advance(1)
            #expect(
                try await running.dsco(.GET, "/invoice", [("key", "poNumber"), ("value", made.po)]).json["invoices"]?.elements?
                    .count == 1)
            #expect(try await running.dsco(.POST, "/invoice", [], running.invoice(order, id: "I1")).status == 400)
            #expect(try await running.dsco(.POST, "/invoice", [], running.invoice(order, id: "I2")).status == 400)
            #expect(running.effects.invoiced == 1)
            #expect(running.effects.duplicateAttempts.details.map(\.rule) == ["invoice_id_twice", "units_invoiced_twice"])
            #expect(running.effects.violations.details.map(\.rule) == ["invoice_before_shipment"])
        }
    }

    @Test("stock figures are set as a whole; unknown SKUs and warehouses fail")
    func stock() async throws {
        try await withSandbox { running in
            func item(_ sku: String, _ warehouses: [(String, Int)], available: Int? = nil) -> Wire {
                let sum = warehouses.reduce(0) { $0 + $1.1 }
                return [
                    "sku": .string(sku), "status": "in-stock", "quantityAvailable": .number(String(available ?? sum)),
                    "warehouses": .array(warehouses.map { ["code": .string($0.0), "quantity": .number(String($0.1))] }),
                ]
            }
            let rows = try await running.settled(
                "/inventory/batch/small",
                [
                    item("SKU-1001", [("WH01", 4), ("WH02", 3)]), item("SKU-NEW", [("WH01", 1)]), item("SKU-1002", [("WH99", 1)]),
                    item("SKU-1003", [("WH01", 1), ("WH02", 1)], available: 3), item("SKU-1004", [("WH02", 3)]),
                ], log: "/inventory/log")
            #expect(rows.map { $0["status"] } == ["success", "failure", "failure", "failure", "success"])
            let shown = try await running.dsco(.GET, "/inventory", [("itemKey", "sku"), ("value", "SKU-1001")]).json
            #expect(shown["quantityAvailable"] == 7)
            #expect(running.effects.inventoryUpdates == 2)
            #expect(
                running.effects.violations.details.map(\.rule) == [
                    "stock_unknown_warehouse", "stock_sum", "stock_warehouse_left_out",
                ])
            let dropped = try await running.settled(
                "/inventory/batch/small", [item("SKU-NEW", [("WH01", 1)])], log: "/inventory/log",
                query: [("skipItemsThatDontExist", "true")])
            #expect(dropped.isEmpty)
        }
    }

    @Test("a retailer cancels at once before the acknowledgement, and can only ask afterwards")
    func cancel() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain, .plain)
            try await running.acknowledge(made[1].po)
            for order in made { #expect(try await running.send(.POST, "/sandbox/order/\(order.id)/cancel").status == 200) }
            let first = try await running.order(made[0].id)
            #expect(first["dscoStatus"] == "cancelled")
            #expect(first["dscoLifecycle"] == "completed")
            let second = try await running.order(made[1].id)
            #expect(second["dscoStatus"] == "shipment_pending")
            #expect(second["cancelRequested"] == true)
        }
    }
}

extension [String: Wire] {
    /// The SKU of the first line.
    fileprivate var sku: Wire {
        self["lineItems"]?.elements?.first?["sku"] ?? ""
    }
}
