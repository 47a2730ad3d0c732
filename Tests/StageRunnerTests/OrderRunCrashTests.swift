import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import StageRunner
import Store
import Testing

@Suite("An order that advanced past a crash has the same row as one that went the plain way", .timeLimit(.minutes(2)))
struct OrderRunCrashTests {
    private func learned(_ id: String) -> Decided<ProbeEffect> {
        var learned = Learned()
        learned.trackingNumbers = ["T1", "T2"]
        learned.invoiceID = "INV"
        let line = Shipment.Line(lineNumber: 1, dscoItemID: nil, sku: "A", partnerSKU: nil, quantity: 2)
        let shipment = Shipment(
            dscoOrderID: nil, poNumber: "P", trackingNumber: "T1", outboundNumbers: ["WO1"], shipDate: Belt.noon, lines: [line])
        learned.fulfilment = Fulfilment(
            shipments: [shipment],
            goods: [.init(outboundNumber: "WO1", trackingNumber: "T1", line: line.name, quantity: 2)], lingXingCurrency: "USD",
            lingXingTotal: 12.5)
        return Decided(.send([ProbeEffect(order: id, key: "ack")]), learned)
    }

    private func row(_ belt: Belt, _ id: String) async throws -> [String?] {
        let row = try await belt.pool.query(
            """
            select status::text as a, tracking_numbers::text as b, fulfilment::text as c, invoice_id as d, store_id as e,
                   array_length(lingxing_order_numbers, 1)::text as f
            from dsco_order_sync where order_key = \(id)
            """)[0]
        return try ["a", "b", "c", "d", "e", "f"].map { try row.decode($0, as: String?.self) }
    }

    @Test("Died before the answer, after it, or while storing it", arguments: ["sent", "answered", "stored"])
    func same(_ death: String) async throws {
        try await Belt.run { belt in
            for id in ["1", "2"] {
                try await belt.put(id)
                belt.partner.with { $0.decisions[id] = learned(id) }
            }
            try await belt.run(names: ["1"])
            let plain = try await row(belt, "1")
            #expect(plain.allSatisfy { $0 != nil })

            switch death {
            case "sent":
                belt.partner.script("2/ack", .dieAfter)
                try await belt.runAndDie()
            case "answered":
                belt.partner.script("2/ack", .cutAfter)
                try await belt.run()
            default:
                // The session dies with the answer in hand.
                try await belt.query(
                    """
                    create function die() returns trigger language plpgsql as $$ begin
                      if new.status = 3 then raise exception 'dead' using errcode = '58000'; end if; return new; end $$
                    """)
                try await belt.query("create trigger die before update on dsco_order_sync for each row execute function die()")
                await #expect(throws: (any Error).self) { try await belt.run() }
                try await belt.query("drop trigger die on dsco_order_sync")
                #expect(try await belt.ledger("2") == ["ack intended 1"])
            }
            // Whoever comes later does not learn it from the decision again.
            belt.partner.with { $0.decisions["2"] = nil }
            try await belt.runUntilSettled("2")
            #expect(try await row(belt, "2") == plain)
            #expect(belt.partner.count("2/ack") == 1)
        }
    }

    @Test("Died at the next order of the call: the one before has moved on with its answer")
    func movesOnWithItsAnswer() async throws {
        try await Belt.run { belt in
            for id in ["1", "2"] { try await belt.put(id) }
            belt.partner.script("2/ack", .dieAfter)
            try await belt.runAndDie()
            #expect(try await belt.ledger("1") == ["ack confirmed 1"])
            let moved = try await belt.order("1")
            #expect(moved.status == .acknowledged)
            #expect(moved.lingXingOrderNumbers == ["L-1/ack"])
            #expect(try await belt.ledger("2") == ["ack intended 1"])
            #expect(try await belt.order("2").status == .pushed)
        }
    }

    @Test("Died with one of an order's two effects confirmed: it waits for the other")
    func waitsForTheOther() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.keys["1"] = ["a", "b"] }
            belt.partner.script("1/b", .dieAfter)
            try await belt.runAndDie()
            #expect(try await belt.ledger("1") == ["a confirmed 1", "b intended 1"])
            #expect(try await belt.order("1").status == .pushed)
            try await belt.runUntilSettled("1")
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(belt.partner.count("1/a") == 1)
            #expect(belt.partner.count("1/b") == 1)
        }
    }
}
