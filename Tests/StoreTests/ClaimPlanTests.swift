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
            let query: PostgresQuery = "explain \(ledger.claimQuery(limit: 500, now: store.now))"
            let plan = try await store.session.query(query).map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
            for table in ["dsco_order_sync", "submission"] {
                #expect(!plan.contains("Seq Scan on \(table)"), "\(plan)")
            }
        }
    }
}
