import Domain
import FoundationEssentials
import StageRunner
import Store
import Testing

@testable import PostgreSQL

@Suite("What a run asks of the database")
struct RoundTripTests {
    @Test("is a dozen round trips, whether it takes ten orders or nine hundred")
    func bounded() async throws {
        try await Belt.run { belt in
            belt.configure { $0.jobs[.ack]?.size = 1000 }
            belt.partner.with { $0.capacity = SendCapacity(effectsPerCall: 1000, callsAtOnce: 1) }
            let few = try await roundTrips(of: 10, belt)
            let many = try await roundTrips(of: 900, belt)
            #expect(many == few)
            #expect(many <= 12, "\(many) round trips")
        }
    }

    /// Those of a run that sends one effect of each of so many orders, all in one call, and sees all of them confirmed.
    private func roundTrips(of orders: Int, _ belt: Belt) async throws -> Int {
        let prefix = "\(orders)-"
        try await belt.query(
            """
            insert into dsco_order_sync (order_key, po_number, partition, status, status_since, payload, payload_at, next_attempt, created_at,
                                         updated_at, outgoing_number, outgoing_id_type, store_id)
            select \(prefix) || n, 'PO-' || \(prefix) || n, n % 64, 2, \(belt.now), ('{"id":"' || \(prefix) || n || '"}')::json,
                   \(belt.now), \(belt.now), \(belt.now), \(belt.now), 'PO-' || \(prefix) || n, 'PO_NUMBER', 'S'
            from generate_series(1, \(orders)::int) n
            """)
        let before = await belt.session.lastID
        let (_, counts) = try await belt.run()
        #expect(counts == ["advanced": orders])
        return await belt.session.lastID - before
    }
}
