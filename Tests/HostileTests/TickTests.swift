import Domain
import FoundationEssentials
import JSON
import Pipeline
import Testing

@Suite("A mangled message")
struct HostileTickTests {
    private static let message: JSON = [
        "v": 1, "id": "0d5c1c5e-6f0b-4f0e-8f0d-1c5e6f0b4f0e", "stage": "pull", "trigger": "manual",
        "shard": ["index": 0, "of": 1], "orders": ["PO-1", "PO-2"],
        "window": ["since": "2026-01-01T00:00:00.125Z", "until": "2026-01-02T00:00:00Z"],
        "requested_by": "ming", "issued_at": "2026-01-31T12:00:00.999Z", "expires_at": "2026-01-31T12:05:00Z",
    ]

    @Test("is a tick that reads the same when it is published again, or names the field at fault", arguments: Seeds.chunks)
    func parsing(_ chunk: Int) async {
        var read = 0
        for seed in Seeds.of(chunk, 300) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let bytes = mutator.text(of: Self.message)
            do throws(MalformedTick) {
                let tick = try Tick(parsing: bytes)
                read += 1
                check((1...100).contains(tick.id.utf8.count) && tick.id.isUsableName, "seed \(seed): \(shown(bytes))")
                check(
                    tick.orders.count <= Tick.maximumOrders && tick.orders.allSatisfy { !$0.isEmpty && $0.isUsableName },
                    "seed \(seed)")
                check(tick.stage == .pull || tick.window == nil, "seed \(seed)")
                if let window = tick.window { check(window.since < window.until, "seed \(seed)") }
                let again = try Tick(parsing: tick.body)
                check(again.body == tick.body, "seed \(seed): \(shown(bytes))")
                check(
                    (again.id, again.stage, again.orders, again.shard) == (tick.id, tick.stage, tick.orders, tick.shard),
                    "seed \(seed)")
            } catch {
                check(error.description.utf8.count < 200, "seed \(seed): \(error)")
                let fields = [
                    "", "v", "id", "stage", "trigger", "shard", "orders", "window", "requested_by", "issued_at", "expires_at",
                ]
                let isKnown = error.path.hasPrefix("orders[") || error.path.hasPrefix("window.") || fields.contains(error.path)
                check(isKnown, "seed \(seed): \(error)")
            }
        }
        #expect(read > 30)
    }

    private func parse(_ key: String, _ value: JSON) throws(MalformedTick) -> Tick {
        var message = Self.message.object ?? [:]
        message.set(key, value)
        return try Tick(parsing: JSON.object(message).bytes())
    }

    @Test(
        "has limits",
        arguments: [
            ("id", .string(String(repeating: "x", count: 101)), "id"), ("id", "a\u{1B}[2J", "id"), ("id", "", "id"),
            ("orders", .array(Array(repeating: "PO", count: 1001)), "orders"),
            ("orders", ["ok", .string(String(repeating: "x", count: 256))], "orders[1]"), ("orders", ["a\0b"], "orders[0]"),
            ("requested_by", .string(String(repeating: "x", count: 1_000_000)), "requested_by"),
            ("requested_by", "ming\u{1B}]0;x\u{7}", "requested_by"),
            ("issued_at", "99999-01-01T00:00:00Z", "issued_at"), ("expires_at", "0000-01-01T00:00:00Z", "expires_at"),
            ("window", ["since": "0001-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"], "window.since"),
            ("window", ["since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"], "window"),
            ("shard", ["index": -1, "of": 9_223_372_036_854_775_807], "shard"), ("shard", ["index": 1e18, "of": 64], "shard"),
        ] as [(String, JSON, String)])
    func limits(_ key: String, _ value: JSON, _ path: String) {
        let error = #expect(throws: MalformedTick.self) { try parse(key, value) }
        #expect(error?.path == path)
    }

    @Test("a thousand orders of the longest names are taken")
    func most() throws {
        let name = String(repeating: "x", count: String.longestName)
        #expect(try parse("orders", .array(Array(repeating: .string(name), count: 1000))).orders.count == 1000)
    }
}
