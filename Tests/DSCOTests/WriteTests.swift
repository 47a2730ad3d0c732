import DSCO
import Domain
import Foundation
import JSON
import PartnerHTTP
import PartnerTestSupport
import Testing

@Suite("A write to DSCO")
struct WriteTests {
    private func ship(_ fixture: Fixture, deadline: ContinuousClock.Instant? = nil) async throws -> AsyncReceipt {
        try await fixture.client.ship(ShipmentBody.batches(Effects.shipments)[0], deadline: deadline ?? fixture.soon)
    }

    @Test("is not sent once its permission has ended")
    func pastDeadline() async throws {
        let fixture = Fixture([], otherwise: ScriptedTransport.answer(500))
        let error = try await #require(throws: PartnerError.self) { try await ship(fixture, deadline: fixture.time.now) }
        #expect(error.kind == .notExecuted)
        #expect(error.code == PartnerError.Code.deadlinePassed)
        #expect(fixture.transport.sent.isEmpty)
    }

    @Test("is not sent when the permission ends while it waits for a token")
    func deadlineDuringTheToken() async throws {
        let time = ManualClock()
        let transport = ScriptedTransport([
            ScriptedTransport.answer(200, #"{"access_token":"T","expires_in":3600}"#) { time.advance(by: .seconds(11)) }
        ])
        let client = DSCOClient(
            DSCOSettings(credentials: .client(id: "I", secret: "S")),
            caller: PartnerCaller(.dsco, transport: transport, clock: time.clock),
            limiter: UnlimitedCalls())
        let error = try await #require(throws: PartnerError.self) {
            try await client.invoiceAtOnce(Effects.invoices[0], deadline: time.now + .seconds(10))
        }
        #expect(error.kind == .notExecuted)
        #expect(error.code == PartnerError.Code.deadlinePassed)
        #expect(transport.sent.map(\.call) == ["POST /oauth2/token"])
    }

    @Test("is not sent, and does not wait, when no slot comes free in time")
    func deadlineDuringTheLimiter() async throws {
        struct Exhausted: CallLimiter {
            func acquire(_ endpoint: DSCOEndpoint, before deadline: ContinuousClock.Instant?) throws(CallLimitError) {
                throw .noSlot(retryAfter: .seconds(3))
            }
        }
        let fixture = Fixture(
            [], otherwise: Fixture.example(202, "order_shipment_batch_small.response.202.json"), limiter: Exhausted())
        let error = try await #require(throws: PartnerError.self) {
            try await ship(fixture, deadline: fixture.time.now + .milliseconds(1))
        }
        #expect(error.kind == .notExecuted)
        #expect(error.code == PartnerError.Code.noSlot)
        #expect(error.retryAfter == .seconds(3))
        #expect(fixture.transport.sent.isEmpty && fixture.time.slept.isEmpty)
    }

    @Test("has its time-out cut to end with its permission")
    func timeout() async throws {
        let fixture = Fixture([], otherwise: Fixture.example(202, "order_shipment_batch_small.response.202.json"))
        let start = fixture.time.now
        _ = try await ship(fixture, deadline: start + .seconds(12))
        _ = try await ship(fixture, deadline: start + .seconds(900))
        #expect(fixture.transport.sent[0].deadline == start + .seconds(12))
        #expect(fixture.transport.sent[1].deadline == fixture.time.now + .seconds(30))
    }

    @Test("is made again when DSCO throttles it, as long as its permission lasts")
    func throttled() async throws {
        let accepted = Fixture.example(202, "order_shipment_batch_small.response.202.json")
        let throttle = ScriptedTransport.answer(429, headers: [("Retry-After", "5")])
        let fixture = Fixture([throttle, accepted])
        #expect(try await ship(fixture).requestID == "0f5c1d3e-7a2b-4c6d-9e8f-000000000008")
        #expect(fixture.time.slept.contains(.seconds(5)))

        let late = Fixture([throttle, accepted])
        let error = try await #require(throws: PartnerError.self) { try await ship(late, deadline: late.time.now + .seconds(4)) }
        #expect(error.kind == .notExecuted)
        #expect(error.retryAfter == .seconds(5))
        #expect(late.transport.sent.count == 1)
    }

    @Test(
        "is never repeated when it may have happened",
        arguments: [
            ScriptedTransport.answer(500), ScriptedTransport.answer(408), ScriptedTransport.answer(202, "<html>"),
            ScriptedTransport.answer(202, #"{"status":"pending"}"#), ScriptedTransport.failure(.dsco, .unknownOutcome),
        ])
    func doubt(_ reply: @escaping ScriptedTransport.Reply) async throws {
        let fixture = Fixture([reply], otherwise: Fixture.example(202, "order_shipment_batch_small.response.202.json"))
        let error = try await #require(throws: PartnerError.self) { try await ship(fixture) }
        #expect(error.kind == .unknownOutcome)
        #expect(!error.provesNoEffect)
        #expect(fixture.transport.sent.count == 1)
    }

    @Test("is refused when the body says failure under a success status")
    func refusedBody() async throws {
        let failure = #"{"status":"failure","requestId":"r","messages":[{"code":"X","severity":"error","description":"no"}]}"#
        let fixture = Fixture([ScriptedTransport.answer(202, failure), ScriptedTransport.answer(201, #"{"success":false}"#)])
        let batch = try await #require(throws: PartnerError.self) { try await ship(fixture) }
        #expect((batch.kind, batch.code) == (.refused, "X"))
        let single = try await #require(throws: PartnerError.self) {
            try await fixture.client.shipAtOnce([Effects.shipments[2]], deadline: fixture.soon)
        }
        #expect(single.kind == .refused)
    }

    @Test("opens the circuit after failures in a row; the next one is not sent")
    func circuit() async throws {
        let fixture = Fixture([], otherwise: ScriptedTransport.answer(503), attempts: 1)
        for _ in 0..<5 { await #expect(throws: PartnerError.self) { try await ship(fixture) } }
        let error = try await #require(throws: PartnerError.self) { try await ship(fixture) }
        #expect(error.isCircuitOpen)
        #expect(error.kind == .notExecuted)
        #expect(fixture.transport.sent.count == 5)
    }
}

@Suite("Bodies for DSCO")
struct BodyTests {
    @Test("keep legal zeros and leave out what is not known")
    func zeros() throws {
        var shipment = Effects.shipment(
            "1", "T", [Shipment.Line(lineNumber: 0, dscoItemID: nil, sku: "S", partnerSKU: "P", quantity: 1)])
        (shipment.dscoOrderID, shipment.carrier) = (nil, nil)
        let body = ShipmentBody.order([shipment])
        #expect(body["dscoOrderId"] == nil)
        #expect(body["shipments"]?[0]?["shipCarrier"] == nil)
        #expect(body["shipments"]?[0]?["lineItems"]?[0] == ["lineNumber": 0, "sku": "S", "partnerSku": "P", "quantity": 1])

        let free = InvoiceBody.invoice(Effects.invoice("1", [Effects.billed(0, "1", "S", 1, "0")], tracking: nil))
        #expect(free["totalAmount"]?.text == "0")
        #expect(free["lineItems"]?[0]?["unitPrice"]?.text == "0")
        #expect(free["lineItems"]?[0]?["lineNumber"] == 0)
        #expect(free["ship"] == nil)
    }

    @Test("spell money exactly", arguments: [("0.1", 3, "0.3"), ("19.99", 3, "59.97"), ("1234567.89", 1, "1234567.89")])
    func money(_ price: String, _ quantity: Int, _ total: String) {
        let body = InvoiceBody.invoice(Effects.invoice("1", [Effects.billed(1, "1", "S", quantity, price)], tracking: nil))
        for amount in [body["totalAmount"], body["lineItemsSubtotal"], body["lineItems"]?[0]?["extendedAmount"]] {
            #expect(amount?.text == total)
            #expect(amount?.string == nil)
        }
    }

    @Test("of stock always name all warehouses and their sum")
    func stock() {
        #expect(
            InventoryBody.item(Effects.figures[0]) == [
                "sku": "SKU-A", "status": "in-stock", "quantityAvailable": 45,
                "warehouses": [["code": "WH01", "quantity": 40], ["code": "WH02", "quantity": 5]],
            ])
        #expect(InventoryBody.item(Effects.figures[1])["status"] == "out-of-stock")
    }

    @Test("are cut below the limit, lose nothing, and keep one order's parcels together", arguments: [200, 700, 1000, 100_000])
    func cutting(_ limit: Int) throws {
        let figures = (0..<50).map { StockFigure(sku: "SKU-\($0)", warehouses: [.init(code: "W", quantity: $0)]) }
        let batches = InventoryBody.batches(figures, largestBody: limit)
        #expect(batches.flatMap(\.places) == Array(figures.indices))
        #expect(batches.allSatisfy { $0.body.count <= limit })
        for batch in batches {
            #expect(try JSON.parse(batch.body).array?.compactMap { $0["sku"]?.string } == batch.places.map { figures[$0].sku })
        }
        for batch in ShipmentBody.batches(Effects.shipments, largestBody: limit) {
            let numbers = try #require(try JSON.parse(batch.body).array).compactMap { $0["dscoOrderId"]?.string }
            #expect(Set(numbers) == Set(batch.places.compactMap { Effects.shipments[$0].dscoOrderID }))
            #expect(numbers.count == Set(numbers).count)
        }
        #expect(ShipmentBody.batches(Effects.shipments, largestBody: limit).flatMap(\.places).sorted() == [0, 1, 2])
        #expect(InventoryBody.batches([]).isEmpty)
    }
}
