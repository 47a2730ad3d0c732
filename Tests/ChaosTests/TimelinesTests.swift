import Chaos
import Domain
import Foundation
import PostgreSQL
import Rehearsal
import Store
import TestSupport
import Testing

@Suite("What the judge reads in the timelines")
struct TimelinesTests {
    /// An order and who wrote which line of its timeline when, in seconds.
    private func timelines(
        _ lines: [(run: UUID, stage: String, at: Double)], _ check: (Timelines) async throws -> Void
    ) async throws {
        try await withTestDatabase(migrated: true) { database in
            let pool = PostgresPool(configuration: database.configuration, size: 1, logger: .silent)
            try await pool.query(
                """
                insert into dsco_order_sync (order_key, po_number, partition, status, status_since, payload, payload_at, next_attempt,
                                             created_at, updated_at)
                values ('1', 'PO-1', 7, 2, now(), '{}', now(), now(), now(), now())
                """)
            for line in lines {
                try await pool.query(
                    """
                    insert into order_event (order_key, at, kind, stage, run_id, text)
                    values ('1', \(Date(timeIntervalSince1970: line.at)), 'advanced', \(line.stage), \(line.run), '1 → 2')
                    """)
            }
            try await check(Timelines(pool))
        }
    }

    @Test("Two runs of a stage, one after the other, are fine; one that writes into the other's work is found (invariant 4)")
    func overlaps() async throws {
        let (a, b) = (UUID(), UUID())
        try await timelines([(a, "push", 1), (a, "push", 3), (b, "push", 3), (b, "push", 5)]) { timelines in
            let found = try await timelines.overlaps()
            #expect(found.isEmpty)
        }
        try await timelines([(a, "push", 1), (b, "ack", 2), (a, "push", 3)]) { timelines in
            let found = try await timelines.overlaps()
            #expect(found.isEmpty, "another stage")
        }
        try await timelines([(a, "push", 1), (b, "push", 2), (a, "push", 3)]) { timelines in
            let found = try await timelines.overlaps()
            #expect(found.map(\.check) == [.overlaps])
        }
    }

    @Test("The steps of a status come in the order in which they were written")
    func steps() async throws {
        try await timelines([(UUID(), "push", 2), (UUID(), "ack", 1)]) { timelines in
            let steps = try await timelines.steps()
            #expect(steps == ["1": [.init(.advanced, "1 → 2"), .init(.advanced, "1 → 2")]])
        }
    }
}
