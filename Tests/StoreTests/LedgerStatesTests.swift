import Domain
import FoundationEssentials
import PostgreSQL
import Testing

@testable import Store

@Suite("The tables know what a state means, and what changes often is in no index")
struct LedgerStatesTests {
    @Test("A row is open and live as the domain says; a settled stock figure bars no second one")
    func meaning() async throws {
        try await StoreFixture.run { store in
            let order = try await store.put("1")[0]
            for stage in Stage.allCases {
                for state in SubmissionState.allCases { try await store.submission(order, stage, state.rawValue, state) }
            }
            let rows = try await store.pool.query("select stage, state, is_open, is_live from submission")
            #expect(rows.count == Stage.allCases.count * SubmissionState.allCases.count)
            for row in rows {
                let stage: Stage = try StoreDecoding.raw(row, "stage"),
                    state: SubmissionState = try StoreDecoding.raw(row, "state")
                #expect(try row.decode("is_open") == state.isOpen, "\(stage) \(state)")
                #expect(try row.decode("is_live") == (state.isOpen || state.isLive && stage != .stock), "\(stage) \(state)")
            }
        }
    }

    @Test("The partner's acceptance, an order's names and news from DSCO are written without touching an index")
    func lightUpdates() async throws {
        try await StoreFixture.run { store in
            let order = try await store.put("1", status: .pushed)[0]
            try await store.set(order, "outgoing_number = po_number, store_id = 'S'")

            let before = try await store.lightUpdates()
            let row = try #require(try await store.intend(try await store.intent(order)).first)
            try await store.ledger().record([SubmissionChange(id: row.id, state: .accepted)], now: store.now)
            let counts = try await store.pull(
                PulledPage(orders: [.sample("1", updated: store.now.addingTimeInterval(1), note: "news")]),
                at: store.now.addingTimeInterval(1))
            #expect(counts.refreshed == 1)
            let after = try await store.lightUpdates()
            #expect(after.submissions - before.submissions == 1)
            #expect(after.orders - before.orders == 2)
        }
    }
}

extension StoreFixture {
    /// Updates so far of which the row's new version needed no entry in an index.
    fileprivate func lightUpdates() async throws -> (orders: Int, submissions: Int) {
        // What a session did is counted when it says so.
        try await session.query("select pg_stat_force_next_flush()")
        func updates(_ table: String) async throws -> Int {
            try await count("select pg_stat_get_tuples_hot_updated(\(table)::regclass)::int")
        }
        return (try await updates("dsco_order_sync"), try await updates("submission"))
    }
}
