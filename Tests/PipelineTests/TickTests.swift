import Domain
import Foundation
import JSON
import Pipeline
import Testing

@Suite("A message is read strictly in what it means and ignores the rest")
struct TickTests {
    private func parse(_ text: String) throws(MalformedTick) -> Tick { try Tick(parsing: Array(text.utf8)) }

    private func message(_ extra: String) -> String { #"{"v":1,"id":"a","stage":"push","trigger":"manual""# + extra + "}" }

    @Test("The four fields that a person types are enough")
    func minimal() throws {
        #expect(try parse(message("")) == Tick(id: "a", stage: .push, trigger: .manual))
        #expect(try parse(message("")).shard == .whole)
    }

    @Test("Unknown fields are ignored, and null is the same as absent")
    func lenient() throws {
        let text = message(
            #","shard":null,"orders":null,"window":null,"requested_by":null,"issued_at":null,"expires_at":null,"colour":{"a":[1]}"#
        )
        #expect(try parse(text) == Tick(id: "a", stage: .push, trigger: .manual))
    }

    @Test("Every field survives the wire", arguments: [Stage.push, .pull])
    func roundTrip(_ stage: Stage) throws {
        var tick = Tick(id: "0192", stage: stage, trigger: .replay, shard: stage.isSharded ? Shard(index: 3, of: 7)! : .whole)
        tick.orders = ["PO-1", "订单\u{1F4E6}", "\"\\é"]
        tick.requestedBy = "operator"
        tick.issuedAt = Date(timeIntervalSince1970: 1_767_268_800.25)
        tick.expiresAt = Date(timeIntervalSince1970: 1_767_268_860.999)
        if stage == .pull {
            tick.window = .init(
                since: Date(timeIntervalSince1970: 1_767_000_000), until: Date(timeIntervalSince1970: 1_767_100_000))
        }
        let once = try Tick(parsing: tick.body)
        #expect(once.expiresAt?.timeIntervalSince(tick.expiresAt!).magnitude ?? 1 < 0.0005)
        tick.expiresAt = once.expiresAt
        #expect(once == tick)
        #expect(once.body == tick.body)
        #expect(try Tick(parsing: once.body) == once)
    }

    @Test(
        "Every trigger has its word",
        arguments: [("schedule", Tick.Trigger.schedule), ("manual", .manual), ("replay", .replay), ("continue", .continuation)])
    func triggers(_ word: String, _ trigger: Tick.Trigger) throws {
        #expect(try parse(#"{"v":1,"id":"a","stage":"ack","trigger":"\#(word)"}"#).trigger == trigger)
    }

    @Test(
        "Times with and without fractions and with an offset",
        arguments: [
            ("2026-01-01T12:00:00Z", 1_767_268_800.0), ("2026-01-01T12:00:00.5Z", 1_767_268_800.5),
            ("2026-01-01T20:00:00+08:00", 1_767_268_800),
        ])
    func times(_ text: String, _ seconds: Double) throws {
        #expect(try parse(message(#","issued_at":"\#(text)""#)).issuedAt == Date(timeIntervalSince1970: seconds))
    }

    @Test("A thousand orders fit into a message")
    func mostOrders() throws {
        let orders = (0..<1000).map { "\"\($0)\"" }.joined(separator: ",")
        #expect(try parse(message(#","orders":[\#(orders)]"#)).orders.count == 1000)
    }

    @Test(
        "A malformed message says where and why",
        arguments: [
            ("", "", "is not JSON"), ("{", "", "is not JSON"), ("\u{FEFF}[]", "", "is not JSON"),
            ("[]", "", "is not a JSON object"),
            ("17", "", "is not a JSON object"),
            (#"{"id":"a","stage":"push","trigger":"manual"}"#, "v", "must be 1"),
            (#"{"v":2,"id":"a","stage":"push","trigger":"manual"}"#, "v", "must be 1"),
            (#"{"v":1,"stage":"push","trigger":"manual"}"#, "id", "1 to 100 bytes"),
            (#"{"v":1,"id":"","stage":"push","trigger":"manual"}"#, "id", "1 to 100 bytes"),
            (#"{"v":1,"id":7,"stage":"push","trigger":"manual"}"#, "id", "1 to 100 bytes"),
            (#"{"v":1,"id":"a\u0000","stage":"push","trigger":"manual"}"#, "id", "control characters"),
            (#"{"v":1,"id":"a","trigger":"manual"}"#, "stage", "one of pull, push, ack, ship, invoice, stock"),
            (#"{"v":1,"id":"a","stage":"Push","trigger":"manual"}"#, "stage", "one of"),
            (#"{"v":1,"id":"a","stage":"push"}"#, "trigger", "one of schedule, manual, replay, continue"),
            (#"{"v":1,"id":"a","stage":"push","trigger":"cron"}"#, "trigger", "one of"),
        ])
    func malformed(_ text: String, _ path: String, _ problem: String) {
        expect(text, path, problem)
    }

    @Test(
        "A field that means something means what it says",
        arguments: [
            (#""shard":3"#, "shard", "0 ≤ i < n ≤ 64"), (#""shard":{"index":0}"#, "shard", "0 ≤ i < n"),
            (#""shard":{"index":1,"of":1}"#, "shard", "0 ≤ i < n"), (#""shard":{"index":-1,"of":2}"#, "shard", "0 ≤ i < n"),
            (#""shard":{"index":0,"of":65}"#, "shard", "0 ≤ i < n"), (#""shard":{"index":0,"of":0}"#, "shard", "0 ≤ i < n"),
            (#""orders":"PO-1""#, "orders", "array"), (#""orders":["a",7]"#, "orders[1]", "as text"),
            (#""orders":[""]"#, "orders[0]", "as text"),
            (#""orders":["a\u0000"]"#, "orders[0]", "as text"),
            (#""window":{"since":"2026-01-01T00:00:00Z","until":"2026-01-02T00:00:00Z"}"#, "window", "is for pull alone"),
            (#""requested_by":7"#, "requested_by", "must be a text"),
            (#""requested_by":"\u0000""#, "requested_by", "control characters"),
            (#""issued_at":"yesterday""#, "issued_at", "must be a time"),
            (#""expires_at":1767268800"#, "expires_at", "must be a text"),
        ])
    func badField(_ field: String, _ path: String, _ problem: String) {
        expect(message("," + field), path, problem)
    }

    @Test(
        "Pull and stock run whole, and pull's window has a beginning before its end",
        arguments: [
            (#""stage":"stock","shard":{"index":0,"of":2}"#, "shard", "stock runs whole"),
            (#""stage":"pull","shard":{"index":1,"of":2}"#, "shard", "pull runs whole"),
            (
                #""stage":"stock","window":{"since":"2026-01-01T00:00:00Z","until":"2026-01-02T00:00:00Z"}"#, "window",
                "pull alone"
            ),
            (#""stage":"pull","window":{"since":"2026-01-01T00:00:00Z"}"#, "window", "since and until"),
            (#""stage":"pull","window":{"since":"x","until":"2026-01-02T00:00:00Z"}"#, "window.since", "must be a time"),
            (#""stage":"pull","window":{"since":"2026-01-02T00:00:00Z","until":"2026-01-02T00:00:00Z"}"#, "window", "before"),
        ])
    func badPull(_ fields: String, _ path: String, _ problem: String) {
        expect(#"{"v":1,"id":"a","trigger":"replay",\#(fields)}"#, path, problem)
    }

    @Test("More than a thousand orders are too many")
    func tooManyOrders() {
        let orders = (0...1000).map { "\"\($0)\"" }.joined(separator: ",")
        expect(message(#","orders":[\#(orders)]"#), "orders", "1001")
    }

    @Test("The reason quotes nothing of the message")
    func discreet() {
        let secret = "Jane Doe"
        for text in [
            message(#","issued_at":"\#(secret)""#), message(#","orders":["\#(secret)",1]"#),
            #"{"v":1,"id":"a","stage":"\#(secret)"}"#,
        ] {
            let error = #expect(throws: MalformedTick.self) { try parse(text) }
            #expect(error?.description.contains(secret) == false)
        }
    }

    @Test("Only a scheduled tick goes stale, at the very moment of the next fire", arguments: Tick.Trigger.allCases)
    func staleness(_ trigger: Tick.Trigger) {
        let expiry = Date(timeIntervalSince1970: 1000)
        let tick = Tick(id: "a", stage: .push, trigger: trigger, expiresAt: expiry)
        #expect(!tick.isStale(at: expiry.addingTimeInterval(-0.001)))
        #expect(tick.isStale(at: expiry) == (trigger == .schedule))
        #expect(!Tick(id: "a", stage: .push, trigger: trigger).isStale(at: .distantFuture))
    }

    private func expect(_ text: String, _ path: String, _ problem: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: MalformedTick.self, sourceLocation: sourceLocation) { try parse(text) }
        #expect(error?.path == path, sourceLocation: sourceLocation)
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))", sourceLocation: sourceLocation)
    }
}
