import DSCO
import Domain
import Foundation
import JSON
import Pipeline
import PostgreSQL
import Store
import TestSupport
import Testing

@Suite("A page of hostile orders")
struct HostilePullTests {
    private struct Station {
        let session: PostgresConnection
        let store: PullStore

        static func run(_ body: (Station) async throws -> Void) async throws {
            try await withTestDatabase(migrated: true) { database in
                let session = try await database.connect()
                let store = PullStore(session: session, runID: UUID(), recheck: 3600) { try DSCOOrderDecoder.decode($0) }
                try await body(Station(session: session, store: store))
                await session.close()
            }
        }

        /// Stores a page as pull does, with a cursor behind it.
        @discardableResult
        func put(_ payloads: [[UInt8]], at now: Date = Samples.noon) async throws -> PullCounts {
            var page = PulledPage(orders: [], cursors: [SweepCursor(name: SweepCursor.dscoCreated, doneUntil: now)])
            for received in payloads.map({ ReceivedOrder(raw: $0) }) {
                switch received.decoded() {
                case .success(let order): page.orders.append(PulledOrder(order: order, payload: received.raw))
                case .failure(let error):
                    page.quarantined.append(
                        QuarantinedPayload(source: PullStore.source, order: nil, payload: received.raw, reason: error.description)
                    )
                }
            }
            return try await store.store(page, now: now)
        }

        func stored() async throws -> Set<[UInt8]> {
            let rows = try await session.query("select payload from dsco_order_sync")
            return Set(try rows.map { try $0.decode("payload", as: PostgresJSON.self).bytes })
        }

        func quarantined() async throws -> [(payload: [UInt8], reason: String)] {
            try await session.query("select encode(payload, 'base64') as payload, reason from quarantined_payload").map { row in
                let text: String = try row.decode("payload")
                return (Array(Data(base64Encoded: text.filter { $0 != "\n" }) ?? Data()), try row.decode("reason"))
            }
        }

        func cursor() async throws -> Date? { try await SweepCursors.read(SweepCursor.dscoCreated, on: session)?.doneUntil }
    }

    @Test(
        "is stored or set aside to the last order before the cursor moves", .timeLimit(.minutes(2)), arguments: [UInt64(1), 2])
    func pages(_ page: UInt64) async throws {
        try await Station.run { station in
            var payloads: [[UInt8]] = []
            for index in 0..<100 {
                var mutator = Mutator(seed: page * 10_000 + UInt64(index))
                var order = Samples.order.object ?? [:]
                // A number of its own, unless the spoiling takes it away.
                order.set("dscoOrderId", .string("\(page)-\(index)"))
                order.set("poNumber", .string("PO-\(page)-\(index)"))
                payloads.append(mutator.text(of: .object(order)))
            }
            let counts = try await station.put(payloads)
            #expect(try await station.cursor() == Samples.noon)
            let kept = try await station.stored()
            let aside = try await station.quarantined()
            let setAside = Set(aside.map(\.payload))
            let known = try await station.session.query("select order_key from dsco_order_sync").map {
                try $0.decode("order_key", as: String.self)
            }
            for payload in payloads where !kept.contains(payload) && !setAside.contains(payload) {
                // Only a newer listing of the very same order may stand in its place.
                let order = try? DSCOOrderDecoder.decode(payload)
                #expect(order.map { known.contains($0.key.rawValue) } == true, "\(shown(payload))")
            }
            #expect(kept.count > 15 && setAside.count > 15 && counts.quarantined >= setAside.count)
            #expect(aside.allSatisfy { $0.reason.count > 15 && $0.reason.utf8.count < 400 })
            for name in Samples.personal { #expect(!aside.contains { $0.reason.contains(name) }) }

            // The next sweep brings all of it again, and nothing moves.
            let again = try await station.put(payloads, at: Samples.noon.addingTimeInterval(60))
            #expect(again.new == 0)
            #expect(try await station.stored() == kept)
        }
    }

    private func order(_ id: String, _ members: (String, JSON)...) -> JSON {
        var order = Samples.order.object ?? [:]
        order.set("dscoOrderId", .string(id))
        order.set("poNumber", .string("PO-\(id)"))
        for (key, value) in members { order.set(key, value) }
        return .object(order)
    }

    @Test("what text columns, indexes and timestamps cannot hold leaves the other orders alone")
    func edges() async throws {
        try await Station.run { station in
            let megabyte = String((0..<1_000_000).map { Character(Unicode.Scalar(UInt8(33 + $0 * 7919 % 90))) }).filter {
                $0 != "\"" && $0 != "\\"
            }
            let long = String(megabyte.prefix(10_000))
            let good = order("good").bytes()
            let readable = [
                order("nul", ("shipping", ["name": "a\0b", "city": "\0"]), ("title", "\0")).bytes(),
                order("megabyte", ("shipping", ["name": .string(megabyte)]), ("x", .string(megabyte))).bytes(),
                Array(order("surrogate").text().replacingOccurrences(of: "Payette", with: #"\ud800 \udc00\ud83d"#).utf8),
                order("year0", ("dscoLastUpdate", "0000-01-01T00:00:00Z"), ("shipByDate", "0000-01-01T00:00:00Z")).bytes(),
                order("year99999", ("dscoLastUpdate", "99999-01-01T00:00:00Z"), ("dscoCreateDate", "-9999-01-01T00:00:00Z"))
                    .bytes(),
                order("deep", ("note", (0..<100).reduce(JSON.null) { value, _ in [value] })).bytes(),
                order("retailerless", ("dscoRetailerId", .null), ("dscoStatus", "客服"), ("shipWarehouseCode", "👩‍👩‍👧‍👦")).bytes(),
            ]
            let unreadable = [
                order("x", ("poNumber", .string(long))).bytes(), order("x", ("dscoOrderId", .string(long))).bytes(),
                order("x", ("poNumber", "\0")).bytes(), order("x", ("poNumber", "\0\0")).bytes(), order("A\0B").bytes(),
                Array(order("x").text().replacingOccurrences(of: "PO-x", with: #"\ud800"#).utf8),
                Array(order("x").text().replacingOccurrences(of: "PO-x", with: #"\udfff"#).utf8),
                order("x", ("dscoRetailerId", .string(long))).bytes(), order("x", ("shipWarehouseCode", .string(long))).bytes(),
                order("x", ("dscoLifecycle", "客服"), ("dscoStatus", "?")).bytes(),
                [0xEF, 0xBB, 0xBF] + order("bom").bytes(), [0xFF, 0xFE], Array("[1]".utf8), Array("null".utf8), [0],
            ]
            try await station.put(readable + unreadable + [good])
            #expect(try await station.stored() == Set(readable + [good]))
            #expect(Set(try await station.quarantined().map(\.payload)) == Set(unreadable))
            #expect(try await station.cursor() == Samples.noon)
        }
    }

    @Test("two orders whose numbers look alike are two")
    func lookAlikes() async throws {
        try await Station.run { station in
            // Composed; decomposed it has an accent of its own and is set aside.
            let one = order("1", ("dscoOrderId", .null), ("poNumber", "PO-\u{E9}")).bytes()
            let other = order("2", ("dscoOrderId", .null), ("poNumber", "PO-e\u{301}")).bytes()
            try await station.put([one, other])
            #expect(try await station.stored() == [one])
            #expect(try await station.quarantined().map(\.payload) == [other])
        }
    }

    @Test("an update dated in the far future does not silence a later cancellation")
    func futureUpdate() async throws {
        try await Station.run { station in
            try await station.put([order("1", ("dscoLastUpdate", "9998-01-01T00:00:00Z")).bytes()])
            let cancelled = order("1", ("dscoStatus", "cancelled"), ("dscoLastUpdate", "2026-01-28T09:00:00Z")).bytes()
            #expect(try await station.put([cancelled], at: Samples.noon.addingTimeInterval(60)).cancelled == 1)
        }
    }
}
