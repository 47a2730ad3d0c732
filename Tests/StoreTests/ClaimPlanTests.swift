import Domain
import PostgreSQL
import Testing

@testable import Store

@Suite("A claim goes by an index, however long the history is")
struct ClaimPlanTests {
    @Test(
        "for every stage, for both tasks of push, and for named orders",
        arguments: [
            (Stage.push, RunLedger.Scope.belt, []), (.ack, .belt, []), (.ship, .belt, []), (.invoice, .belt, []),
            (.push, .cancelling, []), (.ship, .belt, ["PO-7", "8"]),
        ] as [(Stage, RunLedger.Scope, [String])])
    func plan(_ stage: Stage, _ scope: RunLedger.Scope, _ names: [String]) async throws {
        try await StoreFixture.run { store in
            try await store.fill(orders: 30_000)
            let ledger = store.ledger(stage, names: names).with(scope)
            func plan(_ query: PostgresQuery) async throws -> String {
                try await store.session.query("explain \(query)").map { try $0.decode(0, as: String.self) }
                    .joined(separator: "\n")
            }
            let claim = try await plan(ledger.claimQuery(limit: 500, now: store.now))
            let submissions = try await plan(ledger.submissionsQuery(of: [OrderKey(rawValue: "7")]))
            let passedBy = try await plan(ledger.passedByQuery([7], permission: 120, within: 480))
            let changed = (1...1000).map { ChangedOrder(storeID: "S", number: "PO-\($0)", updated: store.now) }
            let candidates = try await plan(ledger.candidates(changed, until: store.now, overlap: 60))
            let openRows = try await plan(ledger.openRowsQuery)
            let awaiting = try await plan(ledger.awaitingQuery(now: store.now))
            #expect(awaiting.contains("dsco_order_sync_due"), "\(awaiting)")
            // Never through the orders of the stage, of which the statistics may not know yet.
            #expect(openRows.contains("submission_open") && openRows.contains("dsco_order_sync_pkey"), "\(openRows)")
            #expect(!openRows.contains("dsco_order_sync_due") && !openRows.contains("dsco_order_sync_standing"), "\(openRows)")
            // From each order to its rows, however many are open and whatever the statistics say.
            let keys = (1...1000).map { OrderKey(rawValue: "\($0)") }
            let ofOrders = try await plan(OpenRows.query(of: keys, at: ledger.stage))
            let standings = try await plan(OpenRows.standings(of: keys))
            for plan in [ofOrders, standings] {
                #expect(plan.firstMatch(of: /Index Cond: .*order_key = k.order_key/) != nil, "\(plan)")
            }
            for plan in [claim, submissions, passedBy, candidates, openRows, awaiting, ofOrders, standings] {
                for table in ["dsco_order_sync", "submission", "order_event"] {
                    #expect(!plan.contains("Seq Scan on \(table)"), "\(plan)")
                }
            }
            // Only what is due is read, however many orders stand at the stage.
            if scope == .belt, names.isEmpty { #expect(claim.contains("dsco_order_sync_due"), "\(claim)") }
        }
    }
}
