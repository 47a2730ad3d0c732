import Domain
import FoundationEssentials
import PartnerHTTP
import Pipeline
import PostgreSQL
import Store
import Synchronization
import Testing

@testable import Pull

@Suite("A sweep's cursor is never before what is stored")
struct SweepTests {
    private static let done = Workshop.now.addingTimeInterval(-7200)
    private static let tick = Tick(id: "t", stage: .pull, trigger: .schedule)

    private func cursor(_ shop: Workshop) async throws -> SweepCursor {
        try #require(try await SweepCursors.read(SweepCursor.dscoCreated, on: shop.session))
    }

    private func count(_ shop: Workshop, _ table: String) async throws -> Int {
        try await shop.pool.query("select count(*) from \(unescaped: table)")[0].decode(0)
    }

    @Test("a page that is lost on the way is read again from the window's start, and what came before it is kept")
    func lostPage() async throws {
        try await Workshop.run { shop in
            for name in [SweepCursor.dscoCreated, SweepCursor.dscoUpdated] {
                try await SweepCursors.move([SweepCursor(name: name, doneUntil: Self.done)], now: Workshop.now, on: shop.session)
            }
            let page = #"{"scrollId":"S","orders":[\#(Workshop.order("1")),{"poNumber":"2","lineItems":7}]}"#
            await #expect(throws: PartnerError.self) {
                try await shop.pull(Self.tick) { url in url.contains("scrollId") ? (503, "") : (200, page) }
            }
            #expect(try await cursor(shop).doneUntil == Self.done)
            #expect(try await count(shop, "dsco_order_sync") == 1)
            #expect(try await count(shop, "quarantined_payload") == 1)

            let asked = Mutex<[String]>([])
            let last = #"{"orders":[\#(Workshop.order("1")),\#(Workshop.order("3"))]}"#
            _ = try await shop.pull(Self.tick) { url in
                asked.withLock { $0.append(url) }
                return url.contains("ordersCreatedSince") ? (200, last) : Workshop.emptyPage
            }
            // From the cursor, less the overlap for what DSCO shows late.
            let overlap = TimeInterval(RuntimeConfiguration().pull.overlapSeconds)
            #expect(overlap > 0)
            #expect(asked.withLock { $0 }.first?.bound("ordersCreatedSince") == Self.done.addingTimeInterval(-overlap))
            #expect(try await cursor(shop).doneUntil == Workshop.now.addingTimeInterval(-Intake.lag))
            #expect(try await count(shop, "dsco_order_sync") == 2)
        }
    }
}
