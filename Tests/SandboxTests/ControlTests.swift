import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("The control API")
struct ControlTests {
    @Test("creates the same orders for the same seed, and others for another")
    func determinism() async throws {
        @Sendable func made(_ seed: Int) async throws -> [Wire] {
            let clock = ManualClock()
            let result = Box()
            try await withSandbox(clock: clock) { running in
                _ = try await running.send(.POST, "/sandbox/orders", body: Array(#"{"count":200,"seed":\#(seed)}"#.utf8))
                result.orders = try await running.sweep().sorted {
                    ($0["dscoOrderId"]?.text ?? "") < ($1["dscoOrderId"]?.text ?? "")
                }
            }
            return result.orders
        }
        let first = try await made(7)
        #expect(first.count > 150)
        let again = try await made(7)
        let other = try await made(8)
        #expect(first == again)
        #expect(first != other)
    }

    private final class Box: @unchecked Sendable {
        // Written by one test task and read after it has ended.
        var orders: [Wire] = []
    }

    @Test("gives every scenario its share of the realistic mix, and each order what to expect of it")
    func mix() async throws {
        try await withSandbox { running in
            let created = try await running.send(.POST, "/sandbox/orders", body: Array(#"{"count":400,"seed":3}"#.utf8)).json
            #expect(created["created"] == 400)
            let orders = try await running.send(.GET, "/sandbox/orders").json.elements ?? []
            #expect(orders.count == 400)
            let scenarios = Set(orders.compactMap { $0["scenario"]?.text })
            #expect(
                scenarios.count == Scenario.allCases.count, "\(Set(Scenario.allCases.map(\.rawValue)).subtracting(scenarios))")
            let invoiced = orders.filter { $0["expected"] == "invoiced" }
            #expect(invoiced.count > 320)
            #expect(
                invoiced.allSatisfy { $0["expected_total"]?.text != nil && $0["expected_status"] == 5 && $0["reached"] == "none" }
            )
        }
    }

    @Test("a mix of one's own, and one that is unknown")
    func ownMix() async throws {
        try await withSandbox { running in
            let body = #"{"count":10,"seed":1,"mix":{"two_rows":0.5,"cancelled_already":0.2}}"#
            _ = try await running.send(.POST, "/sandbox/orders", body: Array(body.utf8))
            let orders = try await running.send(.GET, "/sandbox/orders").json.elements ?? []
            let counts = Dictionary(grouping: orders) { $0["scenario"]?.text ?? "" }.mapValues(\.count)
            #expect(counts == ["two_rows": 5, "cancelled_already": 2, "plain": 3])
            #expect(
                try await running.send(.POST, "/sandbox/orders", body: Array(#"{"count":1,"mix":{"x":1}}"#.utf8)).status == 400)
        }
    }

    @Test("hands out a runtime configuration and an environment that fit this sandbox")
    func documents() async throws {
        try await withSandbox { running in
            let runtime = try await running.send(.GET, "/sandbox/runtime-config").json
            #expect(runtime["domain"] == "dsco_lingxing")
            #expect(runtime["jobs"]?.members?.count == 6)
            #expect(runtime["jobs"]?.members?.allSatisfy { $0.value["enable"] == true } == true)
            #expect(runtime["mapping"]?["shop"]?.members?.count == 3)
            #expect(runtime["mapping"]?["warehouse"]?["WH01"] == "33328")
            #expect(runtime["mapping"]?["shipment"]?.members?.count == 6)
            let environment = try await running.send(.GET, "/sandbox/env").json
            #expect(environment["DSCO_BASE_URL"]?.text == "\(running.base)/dsco/api/v3")
            let shell = try await running.send(.GET, "/sandbox/env?format=shell").text
            #expect(shell.contains("export LINGXING_APP_ID='ak_"))
        }
    }

    @Test("records DSCO's write requests as JSON Lines that a schema checker can read")
    func records() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            let order = try await running.order(made.id)
            _ = try await running.dscoToken()
            try await running.acknowledge(made.po)
            _ = try await running.dsco(.POST, "/order/singleShipment", [], running.shipment(order, tracking: "T1"))
            _ = try await running.dsco(.POST, "/invoice", [], running.invoice(order, id: made.po))
            let text = try await running.send(.GET, "/sandbox/requests?partner=dsco").text
            let lines = try text.split(separator: "\n").map { try Wire(text: String($0)) }
            #expect(lines.map { $0["path"] } == ["/order/acknowledge", "/order/singleShipment", "/invoice"])
            #expect(lines.allSatisfy { $0["method"] == "POST" && $0["body"] != nil })
            if let path = ProcessInfo.processInfo.environment["SANDBOX_TEST_RECORD"] {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
            }
        }
    }

    @Test("compares the stock of both sides")
    func stock() async throws {
        try await withSandbox { running in
            let before = try await running.send(.GET, "/sandbox/effects").json
            #expect(before["stock"]?["equal"] == false)
            let token = try await running.lingXingToken()
            let body: Wire = ["length": 800, "offset": 0, "wid": "33328,33329"]
            let rows =
                try await running.lingXing("/erp/sc/routing/data/local_inventory/inventoryDetails", body, token: token).json[
                    "data"]?.elements ?? []
            let codes = [33328: "WH01", 33329: "WH02"]
            var figures: [String: [String: Int]] = [:]
            for row in rows {
                figures[row["sku"]?.text ?? "", default: [:]][codes[row["wid"]?.integer ?? 0] ?? "", default: 0] +=
                    row["product_valid_num"]?.integer ?? 0
            }
            let items: [Wire] = running.sandbox.documents.world.products.compactMap { product in
                guard product.parts.isEmpty, let local = product.localSKU, let own = figures[local] else { return nil }
                let sum = own.values.reduce(0, +)
                return [
                    "sku": .string(product.sku), "status": "in-stock", "quantityAvailable": .number(String(sum)),
                    "warehouses": .array(own.map { ["code": .string($0.key), "quantity": .number(String($0.value))] }),
                ]
            }
            _ = try await running.settled("/inventory/batch/small", items, log: "/inventory/log")
            #expect(try await running.send(.GET, "/sandbox/stock").json["equal"] == true)
            let change = #"{"sku":"LX-1001","wid":33328,"quantity":3}"#
            #expect(try await running.send(.POST, "/sandbox/stock", body: Array(change.utf8)).status == 200)
            let after = try await running.send(.GET, "/sandbox/stock").json
            #expect(after["differences"]?.elements?.count == 1)
            #expect(after["differences"]?.elements?.first?["expected"] == 3)
        }
    }

    @Test("an order takes its units off DSCO's figures, a cancellation gives back no more than was taken")
    func takenUnits() async throws {
        try await withSandbox { running in
            _ = await running.sandbox.createOrders(OrderRequest(count: 200, mix: [(.cancelledSoon, 1)]))
            func figures() async throws -> [Int?] {
                var figures: [Int?] = []
                for product in running.sandbox.documents.world.products {
                    let item = try await running.dsco(.GET, "/inventory", [("itemKey", "sku"), ("value", product.sku)]).json
                    figures.append(item["quantityAvailable"]?.integer)
                }
                return figures
            }
            let before = try await figures()
            #expect(before.contains(0))
            running.clock.advance(10)
            let after = try await figures()
            #expect(after.allSatisfy { $0 == 1 }, "\(after)")
        }
    }

    @Test("lets the staff act on request")
    func staff() async throws {
        try await withSandbox {
            $0.lingXing.reviewDelay = 100_000
        } _: { running in
            let made = await running.orders(.twoLines)[0]
            let token = try await running.lingXingToken()
            _ = try await running.lingXing(
                "/pb/mp/order/v2/create", running.createBody(try await running.order(made.id)), token: token)
            for (command, status) in [("review", "5"), ("ship", "6")] {
                #expect(try await running.send(.POST, "/sandbox/lingxing/order/\(made.po)/\(command)").status == 200)
                let report = try await running.send(.GET, "/sandbox/orders?po=\(made.po)").json.elements?.first
                #expect(report?["lingxing"]?.elements?.first?["status"] == .number(status))
            }
            #expect(try await running.send(.POST, "/sandbox/lingxing/order/none/ship").status == 404)
            #expect(try await running.send(.POST, "/sandbox/order/\(made.id)/explode").status == 404)
        }
    }
}
