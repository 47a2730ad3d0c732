import AsyncHTTPClient
import Domain
import Foundation
import JSON
import Logging
import Pipeline
import PostgreSQL
import Sandbox
import StageRunner
import Store
import Synchronization
import TestSupport
import Testing

@testable import Composition

/// Conveyor's stages as the workers compose them, run by hand between a database and both simulated partners, whose staff do nothing by
/// themselves: nothing happens but what the test asks for.
final class Bench: Sendable {
    let pool: PostgresPool
    let partners: Partners
    private let database: TestDatabase
    private let bodies: [Stage: any StageBody]
    private let ahead = Mutex<TimeInterval>(0)

    static func with(
        _ change: @escaping @Sendable (inout RuntimeConfiguration) -> Void = { _ in }, _ body: (Bench) async throws -> Void
    ) async throws {
        var sandbox = SandboxConfiguration()
        sandbox.lingXing.reviewDelay = 36_000
        sandbox.lingXing.shipDelay = 36_000
        sandbox.lingXing.readDelay = 0
        sandbox.dsco.readDelay = 0
        sandbox.dsco.logDelay = 0.05
        try await withTestDatabase(migrated: true) { database in
            try await Partners.with(sandbox) { partners in
                let pool = PostgresPool(configuration: database.configuration, size: 4, logger: .quiet)
                let reader = try await SettingsReader(environment: partners.environment)
                var bodies: [Stage: any StageBody] = [:]
                for stage in Stage.allCases { bodies[stage] = try reader.body(of: stage, .shared, pool) }
                let bench = Bench(pool, partners, database, bodies)
                try await bench.configure(change)
                try await body(bench)
            }
        }
    }

    private init(_ pool: PostgresPool, _ partners: Partners, _ database: TestDatabase, _ bodies: [Stage: any StageBody]) {
        self.pool = pool
        self.partners = partners
        self.database = database
        self.bodies = bodies
    }

    var now: Date { Date().addingTimeInterval(ahead.withLock { $0 }) }

    /// Moves the stages' clock, not the partners'.
    func pass(_ seconds: TimeInterval) { ahead.withLock { $0 += seconds } }

    /// The partners' own runtime configuration with the test's changes.
    func configure(_ change: (inout RuntimeConfiguration) -> Void) async throws {
        var configuration = try RuntimeConfiguration.parse(partners.sandbox.documents.runtimeConfiguration().bytes)
        change(&configuration)
        _ = try await RuntimeConfigurationStore(pool).set(configuration, ifVersion: nil, by: "test", now: now)
    }

    /// Gives back what calls that were cut still hold at LingXing: these partners let go at once, and nobody wants to wait two minutes.
    func freeSlots() async throws {
        try await pool.query("update remote_limit set busy_until = now() where busy_until > now()")
    }

    // MARK: Runs

    func run(_ stages: Stage...) async throws { for stage in stages { try await run(stage, orders: []) } }

    /// One run of the stage for what is due, or for named orders as a replay asks for it.
    ///
    /// - Parameter meanwhile: happens when the run has its snapshot of the configuration and has not claimed anything yet.
    /// - Returns: what became of the orders that it took.
    @discardableResult
    func run(_ stage: Stage, orders: [String], meanwhile: () async throws -> Void = {}) async throws -> [String: Int] {
        let body = try #require(bodies[stage])
        if !orders.isEmpty, stage != .pull {
            _ = try await OrderActions(pool).makeDue(orders, stage: stage, by: "test", now: now)
        }
        let snapshot = try #require(try await RuntimeConfigurationStore(pool).current())
        let session = try await database.connect()
        let started = now
        let context = RunContext(
            ledger: RunLedger(
                session: session, stage: stage, runID: UUID(), partitions: Array(Partition.all),
                names: stage.isSharded ? orders : []), configuration: snapshot.configuration, now: { self.now }, jitter: { 0 },
            budgetEnd: .now + .seconds(60), isStopping: { false }, logger: .quiet,
            // The next run of a test wants to see what happened since the last one, however short that is ago.
            isAskedFor: true)
        try await meanwhile()
        let tick = Tick(id: UUID().uuidString, stage: stage, trigger: orders.isEmpty ? .schedule : .replay, orders: orders)
        let counts = try await body.run(tick, context).counts
        try await context.ledger.reexamine(unlessConfigurationIs: snapshot.version, started: started, now: now)
        await session.close()
        return counts
    }

    /// Fetches the orders from DSCO as they are now.
    func pull(_ orders: String...) async throws { try await run(.pull, orders: orders) }

    // MARK: Orders

    /// An order that just came in, at status 1.
    func order(_ scenario: Scenario = .twoLines, seed: UInt64 = 1) async throws -> String {
        try await orders([scenario], seed: seed)[0]
    }

    /// Orders that just came in, by their DSCO ids in the order of the scenarios.
    func orders(_ scenarios: [Scenario], seed: UInt64 = 1) async throws -> [String] {
        var names: [String] = []
        // Orders that share a number have to come at once.
        for scenario in scenarios where scenario != .sharedPO || names.isEmpty {
            let count = scenario == .sharedPO ? scenarios.count : 1
            let made = await partners.sandbox.createOrders(OrderRequest(count: count, seed: seed, mix: [(scenario, 1)], age: 60))
            names += made.map(\.id)
        }
        try await run(.pull, orders: names)
        return names
    }

    /// Brings an order that just came in up to a status, the staff doing their part.
    func bring(_ order: String, to status: OrderStatus) async throws {
        if status >= .pushed { try await run(.push) }
        if status >= .acknowledged {
            try await staff("review", order)
            try await run(.ack)
        }
        if status >= .shipped {
            try await staff("ship", order)
            try await run(.ship)
        }
        if status >= .invoiced { try await run(.invoice) }
        let story = try await story(order)
        #expect(try await view(order).status == status, "\(story)")
    }

    func view(_ order: String) async throws -> OrderView { try await detail(order).order }

    func detail(_ order: String) async throws -> OrderDetail {
        try #require(try await OrderDirectory(pool).detail(OrderKey(rawValue: order)))
    }

    /// Where an order stands, in a word: `2`, `2 cancelled_at_dsco` or `2 (not_reviewed)`.
    func standing(_ order: String) async throws -> String {
        let view = try await view(order)
        return
            "\(view.status.rawValue)\(view.hold.map { " \($0.reason.rawValue)" } ?? view.waiting.map { " (\($0.rawValue))" } ?? "")"
    }

    /// Expects the order at that standing; shows its timeline where it is not.
    func expect(_ order: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let found = try await standing(order)
        let story = try await story(order)
        #expect(found == expected, "\(story)", sourceLocation: sourceLocation)
    }

    /// The timeline, for a failed test.
    func story(_ order: String) async throws -> String {
        try await detail(order).events.map { "\($0.stage ?? "") \($0.kind): \($0.text)" }.joined(separator: "\n")
    }

    func tells(_ order: String, _ words: String) async throws -> Bool { try await story(order).contains(words) }

    func release(_ order: String) async throws {
        _ = try await OrderActions(pool).release(OrderKey(rawValue: order), reason: "seen to", by: "ann", now: now)
    }

    // MARK: The partners

    /// The retailer, or a colleague in DSCO's portal.
    func dsco(_ command: String, _ order: String) async throws {
        #expect(try await partners.act("order/\(order)/\(command)"), "DSCO: \(command) \(order)")
    }

    /// LingXing's staff. They know an order by its PO number.
    func staff(_ command: String, _ order: String) async throws {
        let number = try await view(order).poNumber
        #expect(try await partners.act("lingxing/order/\(number)/\(command)"), "LingXing: \(command) \(number)")
    }

    func merge(_ order: String, into other: String) async throws {
        try await staff("merge/\(try await view(order).poNumber)", other)
    }

    /// The statuses of the order's rows in LingXing.
    func lingXing(_ order: String) async throws -> [Int] {
        try await report(order)["lingxing"]?.array?.compactMap { $0["status"]?.int } ?? []
    }

    /// Our tracking numbers that DSCO knows.
    func trackingAtDSCO(_ order: String) async throws -> [String] {
        try await report(order)["dsco"]?["tracking_numbers"]?.array?.compactMap(\.string) ?? []
    }

    /// The tracking numbers of the order's outbound orders, stopped ones too.
    func labels(_ order: String) async throws -> [String] {
        try await report(order)["lingxing"]?.array?.flatMap { $0["tracking_numbers"]?.array?.compactMap(\.string) ?? [] } ?? []
    }

    private func report(_ order: String) async throws -> JSON {
        try #require(try await partners.orders().first { $0["dsco_order_id"]?.string == order })
    }

    /// What nothing may ever cause, whatever happens to the orders.
    func expectNoHarm() async throws {
        let effects = try await partners.effects()
        for tally in ["duplicates", "duplicate_attempts", "violations"] {
            #expect(effects[tally]?["total"]?.int == 0, "\(tally): \(effects[tally]?["details"]?.text() ?? "")")
        }
    }
}

extension Logger {
    fileprivate static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
