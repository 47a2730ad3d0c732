import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import Store
import Testing

@testable import Pull

@Suite("Orders fetched by name")
struct NamedOrdersTests {
    private func tick(_ names: [String]) -> Tick { Tick(id: "t", stage: .pull, trigger: .replay, orders: names) }

    private func stored(_ shop: Workshop) async throws -> [String] {
        try await shop.pool.query("select po_number from dsco_order_sync order by po_number").map { try $0.decode("po_number") }
    }

    @Test("one that DSCO refuses or does not know, or answers with nonsense, costs the others nothing")
    func oneInTrouble() async throws {
        try await Workshop.run { shop in
            let (result, counts) = try await shop.pull(tick(["A", "BAD", "NONE", "NOISE", "B"])) { url in
                if url.contains("BAD") { return (400, #"{"message":"no such format"}"#) }
                if url.contains("NOISE") { return (200, "<html>") }
                if url.contains("NONE") { return (200, "[]") }
                return (200, Workshop.order(url.contains("value=A") ? "A" : "B"))
            }
            #expect(try await stored(shop) == ["A", "B"])
            // Refused and unknown ones are done with; nonsense is asked for again, alone.
            #expect(result.end == .failed)
            #expect(result.remainingOrders == ["NOISE"])
            #expect(counts["new"] == 2)
            #expect(counts["refused"] == 1)
            #expect(counts["garbled"] == 1)
        }
    }

    @Test("what was fetched before DSCO failed as a whole is kept; a run that fetched nothing fails")
    func partner() async throws {
        try await Workshop.run { shop in
            let names = (10..<35).map { "N\($0)" }
            let (result, _) = try await shop.pull(tick(names)) { url in
                names.prefix(20).first { url.contains($0) }.map { (200, Workshop.order($0)) } ?? (503, "")
            }
            #expect(result.end == .done)
            #expect(result.workLeft)
            #expect(result.remainingOrders == Array(names.suffix(5)))
            #expect(try await stored(shop).count == 20)
            await #expect(throws: (any Error).self) { try await shop.pull(tick(["A"])) { _ in (503, "") } }
        }
    }

    @Test("an order that cannot be read is quarantined under its name, and the stored one is known to be old")
    func unreadable() async throws {
        try await Workshop.run { shop in
            _ = try await shop.pull(tick(["A"])) { _ in (200, Workshop.order("A", id: "9001")) }
            _ = try await shop.pull(tick(["A"])) { _ in (200, #"{"dscoOrderId":9001,"poNumber":"A","lineItems":"none"}"#) }
            let ledger = RunLedger(session: shop.session, stage: .ship, runID: UUID(), partitions: [], names: [])
            #expect(try await ledger.withUnreadableNews([OrderKey(rawValue: "9001")]).count == 1)
            #expect(try await stored(shop) == ["A"])
        }
    }

    @Test(
        "a name is guessed from whatever was received",
        arguments: [
            (#"{"dscoOrderId":"1","poNumber":"A"}"#, "1", "A"), (#"{"dscoOrderId":17,"poNumber":4}"#, "17", "4"),
            (#"{"dscoOrderId":null,"poNumber":"A","x":1}"#, nil, "A"), (#"{"poNumber":{}}"#, nil, nil), ("17", nil, nil),
            ("{\"dscoOrderId\" : \"1\", \"bad\": \u{1}, \"poNumber\":\"A\" ", "1", "A"),
            (#"{"dscoOrderId":42,"n":01,"poNumber":"A\u0041"}"#, "42", nil), (#"{"dscoOrderId":"","poNumber":"#, nil, nil),
            (#""dscoOrderId""#, nil, nil),
        ] as [(String, String?, String?)])
    func guessed(_ payload: String, _ id: String?, _ number: String?) {
        let name = GuessedName(Array(payload.utf8))
        #expect(name.key?.rawValue == id)
        #expect(name.poNumber == number)
    }
}
