import DSCO
import Domain
import Foundation
import JSON
import PartnerHTTP
import PartnerTestSupport
import Testing

@Suite("Pages of orders")
struct OrderPageTests {
    private static let window = OrderWindow(
        .created, since: Date(utc: "2026-01-01T00:00:00Z"), until: Date(utc: "2026-01-02T00:00:00Z"))

    @Test("keep every order's bytes, and one that cannot be understood leaves the others alone")
    func unreadableOrder() async throws {
        let orders = [
            #"{"poNumber":"A", "lineItems":[{"quantity":1,"expectedCost":54.00}]}"#, #"{"lineItems":[]}"#, "17",
            #"{"poNumber":"B","lineItems":[]}"#,
        ]
        let fixture = Fixture([
            ScriptedTransport.answer(200, #"{"scrollId":"S","orders":[\#(orders.joined(separator: " ,\n"))]}"#)
        ])
        let page = try await fixture.client.orders(in: Self.window)
        #expect(page.scrollID == "S")
        #expect(!page.isLast)
        #expect(page.orders.map { String(decoding: $0.raw, as: UTF8.self) } == orders)
        #expect(page.orders.map { try? $0.decoded().get().poNumber } == ["A", nil, nil, "B"])
        #expect(throws: DSCODecodingError.self) { try page.orders[1].decoded().get() }
    }

    @Test("end with an empty page, and are read again when the scrollId has expired")
    func scrolling() async throws {
        let fixture = Fixture([
            ScriptedTransport.answer(200, #"{"orders":[{"poNumber":"A","lineItems":[]}]}"#),
            Fixture.example(200, "order_page.response.200.last.json"),
            ScriptedTransport.answer(404, "gone"),
        ])
        guard case .page(let second) = try await fixture.client.orders(scrollID: "S&1") else {
            Issue.record("no page")
            return
        }
        #expect(second.scrollID == "S&1")
        guard case .page(let third) = try await fixture.client.orders(scrollID: "S&1") else {
            Issue.record("no page")
            return
        }
        #expect(third.isLast)
        guard case .scrollExpired = try await fixture.client.orders(scrollID: "S&1") else {
            Issue.record("an expired scrollId must be told apart")
            return
        }
        #expect(fixture.transport.sent.allSatisfy { $0.url == "https://dsco.example/api/v3/order/page?scrollId=S%261" })
    }

    @Test(
        "ask for their window in UTC seconds, with a page size DSCO takes", arguments: [(1, "10"), (500, "500"), (5000, "1000")])
    func windowQuery(_ size: Int, _ sent: String) async throws {
        let fixture = Fixture([ScriptedTransport.answer(200, #"{"orders":[]}"#)])
        var window = Self.window
        (window.pageSize, window.includesTestOrders) = (size, true)
        _ = try await fixture.client.orders(in: window)
        #expect(
            fixture.transport.sent[0].url == "https://dsco.example/api/v3/order/page?ordersCreatedSince=2026-01-01T00%3A00%3A00Z"
                + "&until=2026-01-02T00%3A00%3A00Z&includeTestOrders=true&ordersPerPage=\(sent)")
    }

    @Test(
        "that are no pages are an error, never an empty window",
        arguments: ["", "<html>", "{}", #"{"orders":null}"#, #"{"orders":[{]}"#])
    func malformed(_ body: String) async throws {
        let fixture = Fixture([ScriptedTransport.answer(200, body)])
        let error = try await #require(throws: PartnerError.self) { try await fixture.client.orders(in: Self.window) }
        #expect(error.kind == .malformedAnswer)
    }
}

@Suite("Looking orders up")
struct OrderLookupTests {
    @Test("asks for all that share a number, and takes one or a list")
    func several() async throws {
        let (one, two) = (
            #"{"poNumber":"A","dscoOrderId":"1","lineItems":[]}"#, #"{"poNumber":"A","dscoOrderId":"2","lineItems":[]}"#
        )
        let fixture = Fixture([ScriptedTransport.answer(200, " [\(one), \(two)]\n"), ScriptedTransport.answer(200, one)])
        let all = try await fixture.client.orders(by: .poNumber("A B"))
        #expect(all.map { String(decoding: $0.raw, as: UTF8.self) } == [one, two])
        #expect(try all.map { try $0.decoded().get().dscoOrderID } == ["1", "2"])
        #expect(try await fixture.client.orders(by: .dscoOrderID("1")).count == 1)
        #expect(
            fixture.transport.sent.map(\.url) == [
                "https://dsco.example/api/v3/order/?orderKey=poNumber&value=A%20B&returnMultiple=true",
                "https://dsco.example/api/v3/order/?orderKey=dscoOrderId&value=1&returnMultiple=true",
            ])
    }

    @Test("finds nothing only when DSCO itself says so", arguments: ["<html>not found</html>", "", #"{"message":"no route"}"#])
    func foreignNotFound(_ body: String) async throws {
        let fixture = Fixture([], otherwise: ScriptedTransport.answer(404, body))
        let (client, id) = (fixture.client, "X")
        for call in [
            { _ = try await client.orders(by: .poNumber(id)) }, { _ = try await client.invoices(id: id) },
            { _ = try await client.stock(sku: id) }, { _ = try await client.changes(in: .orders, .request(id: id)) },
        ] as [() async throws -> Void] {
            let error = try await #require(throws: PartnerError.self) { try await call() }
            #expect(error.kind == .bug)
        }
    }
}

@Suite("Reading a change log")
struct ChangeLogTests {
    private static func page(_ ids: [String], scroll: String?, status: String? = nil) -> ScriptedTransport.Reply {
        let rows = ids.map {
            #"{"payload":{"id":\#($0),"type":"PO_NUMBER"},"status":"success","dateProcessed":"2026-01-28T01:20:09.000Z"}"#
        }
        let head = [scroll.map { #""scrollId":"\#($0)""# }, status.map { #""status":"\#($0)""# }].compactMap { $0 }.map {
            $0 + ","
        }.joined()
        return ScriptedTransport.answer(200, "{\(head)\"logs\":[\(rows.joined(separator: ","))]}")
    }

    @Test("goes on to the empty page and trusts the first page's progress")
    func allPages() async throws {
        let fixture = Fixture([
            Self.page([#""A""#, "2"], scroll: "S", status: "PROCESSING"), Self.page([#""C""#], scroll: nil, status: "COMPLETED"),
            Self.page([], scroll: "S"),
        ])
        let answer = try await fixture.client.changes(in: .orders, .request(id: "R"))
        #expect(answer.progress == .processing)
        #expect(answer.rows.map(\.key) == ["A", "2", "C"].map { .acknowledgement(id: $0, type: "PO_NUMBER") })
        #expect(
            fixture.transport.sent.map { $0.url.split(separator: "?")[1] } == [
                "requestId=R&status=success_or_failure", "scrollId=S", "scrollId=S",
            ])
    }

    @Test("stops at once without a scrollId")
    func onePage() async throws {
        let fixture = Fixture([Self.page([#""A""#], scroll: nil, status: "COMPLETED")])
        #expect(try await fixture.client.changes(in: .orders, .request(id: "R")).progress == .completed)
    }

    @Test("fails as a whole when its scrollId expires: half a log proves nothing")
    func expired() async throws {
        let fixture = Fixture([Self.page([#""A""#], scroll: "S"), Fixture.example(404, "order_get.response.404.json")])
        let error = try await #require(throws: PartnerError.self) {
            try await fixture.client.changes(in: .orders, .request(id: "R"))
        }
        #expect(error.kind == .unavailable)
    }

    @Test("takes a request that DSCO does not know yet for undecided")
    func unknownRequest() async throws {
        let fixture = Fixture([Fixture.example(404, "order_get.response.404.json")])
        #expect(try await fixture.client.changes(in: .invoices, .request(id: "R")) == ChangeLogAnswer(progress: nil, rows: []))
    }

    @Test("keeps what each row is about, its outcome and DSCO's words")
    func rows() async throws {
        let shipments = try await rows(.orders, "order_log.response.200.shipment.json")
        #expect(
            shipments.map(\.key) == [
                .shipments(dscoOrderID: "1075104802", poNumber: "PO-EXAMPLE-0002", trackingNumbers: ["409900000003"]),
                .shipments(
                    dscoOrderID: "1075104801", poNumber: "PO-EXAMPLE-0001", trackingNumbers: ["409900000001", "409900000002"]),
            ])
        #expect(shipments.map(\.status) == [.success, .failure])
        #expect(shipments[1].words == "Ship carrier is required")
        #expect(shipments[1].code == "VALIDATION_FAILED")
        #expect(shipments[1].requestID == "0f5c1d3e-7a2b-4c6d-9e8f-000000000008")
        #expect(shipments[1].processed == Date(utc: "2026-01-28T01:20:09Z"))

        let invoices = try await rows(.invoices, "invoice_log.response.200.json")
        #expect(invoices[1].key == .invoice(id: "INV-PO-EXAMPLE-0002", dscoOrderID: "1075104802", poNumber: "PO-EXAMPLE-0002"))
        #expect(invoices[1].words == "The invoice has already been created with this invoiceId")
        #expect(
            try await rows(.inventory, "inventory_log.response.200.json").map(\.key) == [
                .item(sku: "SKU-A"), .item(sku: "SKU-B"),
            ])
    }

    @Test("never takes a cancellation, a strange row or an unknown outcome for the confirmation of an acknowledgement")
    func foreignRows() async throws {
        let fixture = Fixture([
            ScriptedTransport.answer(
                200,
                #"""
                {"logs":[{"payload":{"id":"A","type":"PO_NUMBER","lineItems":[]},"status":"success"},
                         {"payload":null,"status":"success"},{"payload":{"id":"A","type":"PO_NUMBER"},"status":"maybe"}]}
                """#)
        ])
        let rows = try await fixture.client.changes(in: .orders, .request(id: "R")).rows
        #expect(
            rows.map(\.key) == [
                .orderLines(id: "A", type: "PO_NUMBER"), .unknown, .acknowledgement(id: "A", type: "PO_NUMBER"),
            ])
        #expect(rows[2].status == nil)
    }

    private func rows(_ log: ChangeLog, _ file: String) async throws -> [ChangeLogRow] {
        try await Fixture([Fixture.example(200, file)]).client.changes(in: log, .request(id: "R")).rows
    }
}
