import Domain
import FoundationEssentials
import Logging
import Pipeline
import PostgreSQL
import StageRunner
import Store
import Synchronization
import TestSupport
import Testing

/// Orders on a real database, the fake partner, and a clock that only the test moves.
final class Belt: Sendable {
    static let noon = Date(timeIntervalSince1970: 1_767_268_800)

    let database: TestDatabase
    let pool: PostgresPool
    let session: PostgresConnection
    let partner = FakePartner()
    private let clock = Mutex(noon)
    private let settings: Mutex<RuntimeConfiguration>

    static func run(_ body: (Belt) async throws -> Void) async throws {
        try await withTestDatabase(migrated: true) { database in
            let pool = PostgresPool(configuration: database.configuration, size: 4, logger: .silent)
            let session = try await database.connect()
            try await body(Belt(database, pool, session))
            await session.close()
        }
    }

    private init(_ database: TestDatabase, _ pool: PostgresPool, _ session: PostgresConnection) {
        self.database = database
        self.pool = pool
        self.session = session
        var configuration = RuntimeConfiguration()
        configuration.mapping.shop = ["R": "S"]
        settings = Mutex(configuration)
    }

    var now: Date { clock.withLock { $0 } }

    /// Moves the clock.
    func pass(_ seconds: TimeInterval) { clock.withLock { $0 += seconds } }

    func configure(_ body: (inout RuntimeConfiguration) -> Void) { settings.withLock { body(&$0) } }

    var configuration: RuntimeConfiguration { settings.withLock { $0 } }

    // MARK: Orders

    /// An order that is due, at status 2 and with its names fixed unless said otherwise.
    @discardableResult
    func put(_ id: String, status: OrderStatus = .pushed, named: Bool = true, payload: String? = nil) async throws -> OrderKey {
        try await pool.query(
            """
            insert into dsco_order_sync (order_key, dsco_order_id, po_number, partition, status, status_since, payload, payload_at,
                                         next_attempt, created_at, updated_at, outgoing_number, outgoing_id_type, store_id)
            values (\(id), \(id), \("PO-" + id), \(Partition.of(OrderKey(rawValue: id)))::int, \(status.rawValue), \(now),
                    \(PostgresJSON(text: payload ?? #"{"id":"\#(id)"}"#)), \(now), \(now), \(now), \(now),
                    \(named ? "PO-" + id : nil), \(named ? "PO_NUMBER" : nil), \(named ? "S" : nil))
            """)
        return OrderKey(rawValue: id)
    }

    func order(_ id: String) async throws -> OrderView {
        try #require(try await OrderDirectory(pool).detail(OrderKey(rawValue: id))).order
    }

    func kinds(_ id: String) async throws -> [String] {
        try #require(try await OrderDirectory(pool).detail(OrderKey(rawValue: id))).events.map(\.kind)
    }

    /// The ledger of an order: key, state, attempts.
    func ledger(_ id: String) async throws -> [String] {
        try await pool.query(
            "select key || ' ' || state || ' ' || attempts as line from submission where order_key = \(id) order by id"
        ).map {
            try $0.decode("line")
        }
    }

    func query(_ sql: PostgresQuery) async throws { _ = try await pool.query(sql) }

    // MARK: Runs

    static let decode: @Sendable ([UInt8]) throws -> Order = { payload in
        struct Unreadable: Error {}
        let text = String(decoding: payload, as: UTF8.self)
        guard let range = text.firstRange(of: #/"id":"([^"]*)"/#) else { throw Unreadable() }
        let id = String(text[range].dropFirst(6).dropLast())
        var order = Order(dscoOrderID: id, poNumber: "PO-\(id)", lines: [])
        order.retailerID = text.contains("unmapped") ? "X" : "R"
        return order
    }

    @discardableResult
    func run(names: [String] = [], partitions: [Int] = Array(Partition.all), budget: Duration = .seconds(60)) async throws -> (
        result: RunResult, counts: [String: Int]
    ) {
        partner.with { $0.isStopping = false }
        let ledger = RunLedger(session: session, stage: .ack, runID: UUID(), partitions: partitions, names: names)
        let context = RunContext(
            ledger: ledger, configuration: configuration, now: { self.now }, jitter: { 0 }, budgetEnd: .now + budget,
            isStopping: { self.partner.with(\.isStopping) }, logger: .silent)
        return try await OrderRun(FakeStage(partner: partner), context, decode: Self.decode).execute()
    }

    /// A run whose worker dies in it.
    func runAndDie() async throws {
        await #expect(throws: FakePartner.Death.self) { try await self.run() }
    }

    /// Runs whenever the order is due, until it stands still for good or `limit` runs were made.
    func runUntilSettled(_ id: String, limit: Int = 20) async throws {
        for _ in 0..<limit {
            try await run()
            guard let next = try await order(id).nextAttempt else { return }
            guard try await order(id).status == .pushed else { return }
            pass(max(0, next.timeIntervalSince(now)))
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
