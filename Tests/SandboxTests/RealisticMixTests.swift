import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// Drives the realistic mix with the simplest careful client, to show that every promised outcome can be reached.
@Suite("A careful client gets through a realistic day")
struct RealisticMixTests {
    private static let prices = ["consumerPriceWithTax", "consumerPrice", "retailPrice", "expectedCost"]

    @Test("every order that should be invoiced is, for what it should cost, and nothing is broken or doubled")
    func day() async throws {
        try await withSandbox { running in
            _ = await running.sandbox.createOrders(OrderRequest(count: 200, seed: 11))
            running.clock.advance(30)
            let reports = try await running.send(.GET, "/sandbox/orders").json.elements ?? []
            let wanted = Set(reports.filter { $0["expected"] == "invoiced" }.compactMap { $0["dsco_order_id"]?.text })
            let orders = try await running.sweep().filter { wanted.contains($0["dscoOrderId"]?.text ?? "") }
            #expect(orders.count == wanted.count)
            #expect(wanted.count > 150)
            let token = try await running.lingXingToken()

            for order in orders {
                let answer = try await running.lingXing("/pb/mp/order/v2/create", create(order, running), token: token).json
                #expect(answer["data"]?["success_details"]?.elements?.count == 1, "\(answer.json)")
            }
            running.clock.advance(30)
            let toAcknowledge = orders.filter { $0["dscoLifecycle"] == "created" }
            let rows: [Wire] = toAcknowledge.map { ["id": $0["dscoOrderId"] ?? "", "type": "DSCO_ORDER_ID"] }
            var logged = try await running.settledAll("/order/acknowledge", rows, log: "/order/log")
            #expect(logged.allSatisfy { $0["status"] == "success" })

            var shipments: [Wire] = []
            for batch in stride(from: 0, to: orders.count, by: 50) {
                let part = orders[batch..<min(batch + 50, orders.count)]
                let numbers = part.compactMap { $0["poNumber"] }
                let body: Wire = ["page": 1, "page_size": 200, "platform_order_no_arr": .array(numbers)]
                let outbounds = try await running.lingXing("/erp/sc/routing/wms/order/wmsOrderList", body, token: token).json[
                    "data"]?.elements
                shipments += part.compactMap { shipment($0, outbounds ?? []) }
            }
            #expect(shipments.count == orders.count)
            logged = try await running.settledAll("/order/shipment/batch/small", shipments, log: "/order/log")
            #expect(logged.allSatisfy { $0["status"] == "success" }, "\(logged.first { $0["status"] != "success" }?.json ?? "")")

            logged = try await running.settledAll(
                "/invoice/batch/small", orders.map { invoice($0, running) }, log: "/invoice/log")
            #expect(logged.allSatisfy { $0["status"] == "success" }, "\(logged.first { $0["status"] != "success" }?.json ?? "")")

            for report in try await running.send(.GET, "/sandbox/orders").json.elements ?? []
            where report["expected"] == "invoiced" {
                #expect(report["reached"] == "invoiced", "\(report.json)")
                let total = report["dsco"]?["invoices"]?.elements?.first?["total"]?.text.flatMap { Decimal(string: $0) }
                #expect(total == report["expected_total"]?.text.flatMap { Decimal(string: $0) }, "\(report.json)")
            }
            let effects = running.effects
            #expect(effects.invoiced == orders.count)
            #expect(effects.violations.total == 0, "\(effects.violations.details)")
            #expect(effects.duplicates.total + effects.duplicateAttempts.total == 0)
        }
    }

    private func units(_ line: Wire) -> Int {
        (line["quantity"]?.integer ?? 0) - (line["cancelledQuantity"]?.integer ?? 0)
    }

    private func price(_ line: Wire) -> String {
        Self.prices.lazy.compactMap { line[$0]?.digits }.first ?? "0"
    }

    private func create(_ order: Wire, _ running: RunningSandbox) -> Wire {
        let runtime = running.sandbox.documents.runtimeConfiguration()["mapping"] ?? .null
        let code = order["shipWarehouseCode"]?.text ?? order["requestedWarehouseCode"]?.text ?? ""
        let wid = runtime["warehouse"]?[code]
        return running.createBody(order) { members in
            members["wid"] = wid
            members["logistics_type_id"] =
                wid == nil ? nil : runtime["shipment"]?["\(code)-\(order["shippingServiceLevelCode"]?.text ?? "")"]
            members["items"] = .array(
                (order["lineItems"]?.elements ?? []).map { line in
                    .compact([
                        ("msku", line["partnerSku"] ?? line["sku"]), ("sku", line["sku"]?.text.flatMap { runtime["sku"]?[$0] }),
                        ("quantity", .number(String(units(line)))), ("unit_price", .string(price(line))),
                    ])
                })
        }
    }

    /// One parcel with all units; nil when the staff have not shipped.
    private func shipment(_ order: Wire, _ outbounds: [Wire]) -> Wire? {
        guard
            let outbound = outbounds.first(where: {
                $0["status"] == 3 && $0["platform_order_no"]?.elements?.first == order["poNumber"]
            })
        else { return nil }
        let items: [Wire] = (order["lineItems"]?.elements ?? []).map { line in
            .compact([
                ("lineNumber", line["lineNumber"]), ("dscoItemId", line["dscoItemId"]), ("sku", line["sku"]),
                ("partnerSku", line["partnerSku"]), ("quantity", .number(String(units(line)))),
            ])
        }
        let shipped = outbound["product_info"]?.elements?.filter { $0["bundle_type"] != 2 }.reduce(0) {
            $0 + ($1["count"]?.integer ?? 0)
        }
        guard shipped == items.reduce(0, { $0 + ($1["quantity"]?.integer ?? 0) }) else { return nil }
        let local = outbound["delivered_at"]?.text?.replacing(" ", with: "T") ?? ""
        return [
            "dscoOrderId": order["dscoOrderId"] ?? "", "poNumber": order["poNumber"] ?? "",
            "shipments": [
                .compact([
                    ("trackingNumber", outbound["tracking_no"]), ("shipDate", .string("\(local)+08:00")),
                    ("shipCarrier", order["shipCarrier"]), ("shipMethod", order["shipMethod"]),
                    ("shippingServiceLevelCode", order["shippingServiceLevelCode"]),
                    ("warehouseCode", order["requestedWarehouseCode"]),
                    ("lineItems", .array(items)),
                ])
            ],
        ]
    }

    private func invoice(_ order: Wire, _ running: RunningSandbox) -> Wire {
        let lines = order["lineItems"]?.elements ?? []
        let total = lines.reduce(Decimal(0)) { $0 + Decimal(units($1)) * (Decimal(string: price($1)) ?? 0) }
        return running.invoice(order, id: order["poNumber"]?.text ?? "") { members in
            members["totalAmount"] = .number("\(total)")
            members["lineItems"] = .array(
                lines.map { line in
                    .compact([
                        ("lineNumber", line["lineNumber"]), ("sku", line["sku"]), ("quantity", .number(String(units(line)))),
                        ("unitPrice", .number(price(line))),
                    ])
                })
        }
    }
}
