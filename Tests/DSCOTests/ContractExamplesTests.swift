import DSCO
import Domain
import Foundation
import JSON
import PartnerHTTP
import PartnerTestSupport
import Testing

/// Every example of the contract goes through the client, except those of calls Conveyor does not make.
@Suite("DSCO contract examples")
struct ContractExamplesTests {
    /// Calls the contract describes and Conveyor does not make.
    static let unused: Set<String> = [
        "/hello", "/order/acknowledge/items", "/order/item/cancel", "/order/item/cancel/batch/small", "/orderupdate/batch/small",
        "/stream", "/stream/{id}/{partitionId}/{position}", "/stream/{id}/{partitionId}/{eventId}",
    ]
    /// Requests that Conveyor does not build: another choice of optional members, or of the query.
    static let notBuilt: Set<String> = [
        "order_single_shipment.request.minimal.json", "invoice_create.request.minimal.json",
        "invoice_create.request.full_charges.json",
        "inventory_single_item.request.new_sku.json", "inventory_batch_small.request.query.json",
    ]
    static let used = Example.all.filter { !unused.contains($0.path) && !notBuilt.contains($0.file) }

    @Test("are all known to the manifest, and most belong to calls of ours")
    func manifest() {
        #expect(Example.all.count == 73)
        #expect(Self.used.count >= 50)
    }

    @Test("of requests are what the client sends", arguments: used.filter { $0.place.hasPrefix("request") })
    func requestBody(_ example: Example) async throws {
        let sent = try await sentRequest(for: example)
        #expect(sent.method == example.method)
        #expect(sent.call == "\(example.method) \(example.path)")
        if example.path == "/oauth2/token" {
            #expect(
                String(decoding: sent.body ?? [], as: UTF8.self)
                    == "grant_type=client_credentials&client_id=EXAMPLE_CLIENT_ID&client_secret=EXAMPLE_CLIENT_SECRET")
            return
        }
        // Members that Conveyor does not know: it weighs nothing, pays no carrier, and invoices on the ship date.
        let optional: Set<String> = ["shipCost", "shipWeight", "shipWeightUnits", "consumerOrderNumber", "date"]
        let body = try JSON.parse(sent.body ?? []).without(optional).meaning
        var expected = try example.json.without(optional).meaning
        if example.file == "inventory_batch_small.request.json" {
            expected = .array(Array(expected.array?.prefix(2) ?? []))  // the third is discontinued, a word Conveyor never sends
        }
        #expect(body == expected)
    }

    @Test("of queries are what the client sends", arguments: used.filter { $0.place == "query" })
    func query(_ example: Example) async throws {
        let sent = try await sentRequest(for: example)
        let components = try #require(URLComponents(string: sent.url))
        let items = Dictionary(
            (components.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
        #expect(components.path == "/api/v3" + example.path)
        // The status filter of orders is not used, changes are always asked for both outcomes.
        let ours: Set<String> = ["status"]
        for member in try #require(try example.json.object).members where !ours.contains(member.key) {
            #expect(items[member.key] == member.value.text, "\(member.key)")
        }
    }

    @Test("of answers are understood", arguments: used.filter { Int($0.place) != nil || $0.place == "err" })
    func answer(_ example: Example) async throws {
        let status = try #require(Int(example.place) ?? Int(example.file.split(separator: ".").dropLast().last ?? ""))
        let fixture = Fixture([ScriptedTransport.answer(status, String(decoding: example.bytes, as: UTF8.self))], attempts: 1)
        let client = fixture.client
        switch (example.path, status) {
        case ("/order/page", 200):
            let page = try await client.orders(in: Self.window)
            #expect(page.orders.count == (try example.json["orders"]?.array?.count))
            #expect(page.orders.allSatisfy { (try? $0.decoded().get()) != nil })
            #expect(page.isLast == page.orders.isEmpty)
        case ("/order/", 200):
            let order = try #require(try await client.orders(by: .poNumber("PO-EXAMPLE-0001")).first)
            #expect(order.raw == example.bytes || order.raw == example.bytes.dropLast())
            #expect(try order.decoded().get().poNumber == "PO-EXAMPLE-0001")
        case ("/order/", 404):
            #expect(try await client.orders(by: .poNumber("PO-DOES-NOT-EXIST")).isEmpty)
        case ("/order/log", 200), ("/invoice/log", 200), ("/inventory/log", 200):
            let log: ChangeLog =
                example.path.contains("order") ? .orders : example.path.contains("invoice") ? .invoices : .inventory
            let answer = try await client.changes(in: log, .request(id: "R"))
            #expect(answer.rows.count == (try example.json["logs"]?.array?.count))
            #expect(answer.rows.allSatisfy { $0.key != .unknown && $0.status != nil && $0.processed != nil })
            #expect(answer.progress == (example.file.contains("processing") ? .processing : .completed))
        case ("/order/acknowledge", 202), ("/order/shipment/batch/small", 202), ("/invoice/batch/small", 202),
            ("/inventory/batch/small", 202):
            let receipt = try await client.acknowledge(
                AcknowledgementBody.batches(Effects.acknowledgements)[0], deadline: fixture.soon)
            #expect(receipt.requestID == (try example.json["requestId"]?.string))
        case ("/order/singleShipment", 201), ("/invoice", 201), ("/inventory/singleItem", 201):
            try await client.shipAtOnce([Effects.shipments[2]], deadline: fixture.soon)
        case ("/invoice", 200):
            let invoices = try await client.invoices(id: "INV-PO-EXAMPLE-0001")
            #expect(invoices.map(\.totalAmount) == (example.file.contains("empty") ? [] : [Decimal(string: "120.5")]))
        case ("/inventory", 200):
            let stock = try #require(try await client.stock(sku: "SKU-A"))
            #expect(stock.quantityAvailable == 45)
            #expect(stock.warehouses == Effects.figures[0].warehouses)
        case ("/inventory", 404):
            #expect(try await client.stock(sku: "SKU-MISSING") == nil)
        case ("/warehouse/page", 200):
            #expect(try await client.warehouses().map(\.code) == ["WH01"])
        case ("/oauth2/token", _):
            try await token(status, example)
        case (_, 400):
            let error = try await #require(throws: PartnerError.self) {
                try await client.shipAtOnce([Effects.shipments[2]], deadline: fixture.soon)
            }
            #expect(error.kind == .refused)
            #expect(error.code == "VALIDATION_FAILED")
            #expect(error.words?.isEmpty == false)
        case (_, 403):
            let error = try await #require(throws: PartnerError.self) { try await client.changes(in: .orders, .request(id: "R")) }
            #expect(error.kind == .bug)
            #expect(error.description.contains("GET /order/log"))
        default:
            Issue.record("no test reads \(example.file)")
        }
    }

    private func token(_ status: Int, _ example: Example) async throws {
        let fixture = Fixture(
            [
                ScriptedTransport.answer(status, String(decoding: example.bytes, as: UTF8.self)),
                Fixture.example(200, "order_page.response.200.last.json"),
            ], credentials: .client(id: "ID", secret: "SECRET"), attempts: 1)
        if status == 200 {
            _ = try await fixture.client.orders(in: Self.window)
            #expect(
                fixture.transport.sent.last?.headers.contains { $0 == ("Authorization", "bearer EXAMPLE_ACCESS_TOKEN") } == true)
        } else {
            let error = try await #require(throws: PartnerError.self) { try await fixture.client.orders(in: Self.window) }
            #expect(error.kind == .credentials)
            #expect(error.code?.hasPrefix("invalid_") == true)
        }
    }

    /// Lets the client make the call the example is of, and returns what it sent.
    private func sentRequest(for example: Example) async throws -> PartnerRequest {
        let isToken = example.path == "/oauth2/token"
        let fixture = Fixture(
            isToken ? [Fixture.example(200, "oauth2_token.response.200.json")] : [], otherwise: ScriptedTransport.answer(500),
            credentials: isToken ? .client(id: "EXAMPLE_CLIENT_ID", secret: "EXAMPLE_CLIENT_SECRET") : .token("T"), attempts: 1)
        await #expect(throws: PartnerError.self) { try await make(example, fixture) }
        return try #require(fixture.transport.sent.first)
    }

    private static let window = OrderWindow(
        .updated, since: Date(utc: "2026-01-28T01:00:00Z"), until: Date(utc: "2026-01-28T01:30:00Z"))

    private func make(_ example: Example, _ fixture: Fixture) async throws {
        let (client, soon) = (fixture.client, fixture.soon)
        switch (example.path, example.file) {
        case (_, "order_page.request.scroll.query.json"): _ = try await client.orders(scrollID: "EXAMPLE_SCROLL_ID")
        case ("/order/page", _), ("/oauth2/token", _): _ = try await client.orders(in: Self.window)
        case ("/order/", _): _ = try await client.orders(by: .poNumber("PO-EXAMPLE-0001"))
        case ("/order/acknowledge", _):
            _ = try await client.acknowledge(AcknowledgementBody.batches(Effects.acknowledgements)[0], deadline: soon)
        case ("/order/shipment/batch/small", _):
            _ = try await client.ship(ShipmentBody.batches(Effects.shipments)[0], deadline: soon)
        case ("/order/singleShipment", _): try await client.shipAtOnce([Effects.shipments[2]], deadline: soon)
        case (_, "order_log.request.dates.query.json"):
            let time = ChangeLogQuery.time(start: Date(utc: "2026-01-28T01:00:00Z"), end: Date(utc: "2026-01-28T02:00:00Z"))
            _ = try await client.changes(in: .orders, time)
        case ("/order/log", _), ("/invoice/log", _), ("/inventory/log", _):
            let log: ChangeLog =
                example.path.contains("order") ? .orders : example.path.contains("invoice") ? .invoices : .inventory
            _ = try await client.changes(in: log, .request(id: try #require(try example.json["requestId"]?.string)))
        case ("/invoice/batch/small", _): _ = try await client.invoice(InvoiceBody.batches(Effects.invoices)[0], deadline: soon)
        case ("/invoice", _) where example.place == "query": _ = try await client.invoices(id: "INV-PO-EXAMPLE-0001")
        case ("/invoice", _): try await client.invoiceAtOnce(Effects.invoices[0], deadline: soon)
        case ("/inventory/batch/small", _):
            _ = try await client.setStock(InventoryBody.batches(Effects.figures)[0], deadline: soon)
        case ("/inventory/singleItem", _): try await client.setStockAtOnce(Effects.figures[0], deadline: soon)
        case ("/inventory", _): _ = try await client.stock(sku: "SKU-A")
        case ("/warehouse/page", _): _ = try await client.warehouses()
        default: Issue.record("no test sends \(example.file)")
        }
    }
}
