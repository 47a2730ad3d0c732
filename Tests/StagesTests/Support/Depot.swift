import DSCO
import Domain
import Foundation
import JSON
import LingXing
import Logging
import PartnerHTTP
import PartnerTestSupport
import Pipeline
import PostgreSQL
import StageRunner
import Store
import Synchronization
import TestSupport
import Testing

/// Orders on a real database, both partners on wires that the test holds, and a clock that only the test moves.
final class Depot: Sendable {
    static let noon = Date(timeIntervalSince1970: 1_767_268_800)
    static let timing = EffectTiming(timeout: 10, settling: 100)

    let pool: PostgresPool
    let session: PostgresConnection
    let dscoWire = PartnerWire(.dsco)
    let lingXingWire = PartnerWire(.lingXing)
    let dsco: DSCOClient
    let lingXing: LingXingClient
    private let clock = Mutex(noon)
    private let settings: Mutex<RuntimeConfiguration>

    static func run(_ body: (Depot) async throws -> Void) async throws {
        try await withTestDatabase(migrated: true) { database in
            let pool = PostgresPool(configuration: database.configuration, size: 2, logger: .silent)
            let session = try await database.connect()
            try await body(try Depot(pool, session))
            await session.close()
        }
    }

    private init(_ pool: PostgresPool, _ session: PostgresConnection) throws {
        self.pool = pool
        self.session = session
        var configuration = RuntimeConfiguration()
        configuration.mapping.shop = ["R": "77"]
        settings = Mutex(configuration)
        dsco = Self.dsco(dscoWire)
        let token = LingXingToken(
            accessToken: "A", refreshToken: "R", obtained: Date(), expires: Date().addingTimeInterval(7000), issued: Date())
        lingXing = LingXingClient(
            settings: LingXingSettings(
                baseURL: "https://lingxing.example",
                credentials: try LingXingCredentials(appID: "ak_EXAMPLE0APPID", appSecret: "secret"), timeZone: .gmt,
                timeout: .seconds(10)),
            tokens: InMemoryTokenStore(token), gate: OpenGate(), transport: lingXingWire, backoff: .never)
    }

    private static func dsco(_ wire: PartnerWire) -> DSCOClient {
        DSCOClient(
            DSCOSettings(baseURL: "https://dsco.example/api/v3", credentials: .token("T"), timeout: .seconds(10)),
            caller: PartnerCaller(.dsco, transport: wire, backoff: .never), limiter: UnlimitedCalls())
    }

    /// The client of another worker: its circuit knows nothing of this one's.
    func anotherDSCO() -> DSCOClient { Self.dsco(dscoWire) }

    var now: Date { clock.withLock { $0 } }
    func pass(_ seconds: TimeInterval) { clock.withLock { $0 += seconds } }

    func configure(_ body: (inout RuntimeConfiguration) -> Void) { settings.withLock { body(&$0) } }

    // MARK: Orders

    static func payload(
        _ id: String, status: String? = nil, lifecycle: String = "created", packages: [JSON] = []
    ) -> JSON {
        [
            "dscoOrderId": .string(id), "poNumber": .string("PO-\(id)"), "dscoRetailerId": "R",
            "dscoLifecycle": .string(lifecycle),
            "dscoStatus": .string(status ?? (lifecycle == "created" ? "created" : "shipment_pending")), "currencyCode": "USD",
            "dscoCreateDate": "2025-12-30T12:00:00Z", "shipCarrier": "FedEx", "shipMethod": "Home",
            "shippingServiceLevelCode": "FEHD",
            "shipping": [
                "name": "A B", "address1": "1 Road", "city": "C", "region": "CA", "postal": "90001", "country": "US",
            ],
            "lineItems": [["lineNumber": 1, "dscoItemId": "11", "sku": "SKU-1", "quantity": 1, "consumerPrice": 10]],
            "packages": .array(packages),
        ]
    }

    /// An order that is due at the status.
    func put(_ id: String, _ status: OrderStatus, lifecycle: String = "created") async throws {
        let payload = PostgresJSON(text: Self.payload(id, lifecycle: lifecycle).text())
        try await pool.query(
            """
            insert into dsco_order_sync (order_key, dsco_order_id, po_number, partition, status, status_since, payload, payload_at,
                                         next_attempt, created_at, updated_at, outgoing_number, outgoing_id_type, store_id)
            values (\(id), \(id), \("PO-" + id), \(Partition.of(OrderKey(rawValue: id)))::int, \(status.rawValue), \(now), \(payload), \(now),
                    \(now), \(now), \(now), \("PO-" + id), 'PO_NUMBER', '77')
            """)
    }

    /// An order at ack that waits for LingXing's staff.
    func wait(_ id: String) async throws {
        try await put(id, .pushed)
        try await pool.query(
            "update dsco_order_sync set wait_reason = 'not_reviewed', next_attempt = 'infinity' where order_key = \(id)")
    }

    func order(_ id: String) async throws -> OrderView {
        try #require(try await OrderDirectory(pool).detail(OrderKey(rawValue: id))).order
    }

    /// The ledger: order, key, state.
    func ledger() async throws -> [String] {
        try await pool.query(
            "select coalesce(order_key, '-') || ' ' || key || ' ' || state as line from submission order by order_key, key"
        )
        .map { try $0.decode("line") }
    }

    // MARK: Runs

    func context(
        _ stage: Stage, isAskedFor: Bool = false, budget: Duration = .seconds(60),
        isStopping: @escaping @Sendable () -> Bool = { false }
    ) -> RunContext {
        RunContext(
            ledger: RunLedger(session: session, stage: stage, runID: UUID(), partitions: Array(Partition.all), names: []),
            configuration: settings.withLock { $0 }, now: { self.now }, jitter: { 0 }, budgetEnd: .now + budget,
            isStopping: isStopping, logger: .silent, isAskedFor: isAskedFor)
    }

    /// One run. It does not poll: it is asked to stop as soon as a write was answered.
    @discardableResult
    func run(_ stage: some OrderStage) async throws -> RunResult {
        let (dsco, lingXing) = (dscoWire.asked.count, lingXingWire.asked.count)
        let context = context(stage.stage) {
            self.dscoWire.asked.dropFirst(dsco).contains(where: \.isWrite)
                || self.lingXingWire.asked.dropFirst(lingXing).contains { $0.path.hasSuffix("/create") }
        }
        return try await OrderRun(stage, context) { try DSCOOrderDecoder.decode($0) }.execute().result
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension JSON {
    /// A change log's page.
    /// - Parameter status: the filter that was asked with.
    static func log(_ rows: [JSON], progress: String? = nil, status: String? = nil) -> JSON {
        let shown = rows.filter { row in
            let own = row["status"]?.string
            return status == nil || status == own || status == "success_or_failure" && own != "pending"
        }
        return ["logs": .array(shown), "status": progress.map(JSON.string) ?? .null]
    }

    /// A row of a change log.
    static func logRow(_ payload: JSON, _ status: String, at processed: Date, words: String? = nil) -> JSON {
        [
            "payload": payload, "status": .string(status), "dateProcessed": .string(processed.ISO8601Format()),
            "requestMethod": "api",
            "results": words.map { [["code": "VALIDATION_FAILED", "severity": "error", "description": .string($0)]] } ?? [],
        ]
    }
}
