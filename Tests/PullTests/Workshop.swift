import DSCO
import Domain
import FoundationEssentials
import Logging
import PartnerHTTP
import PartnerTestSupport
import Pipeline
import PostgreSQL
import Pull
import StageRunner
import Store
import TestSupport

/// A pull run on a real database against a DSCO that answers as the test says.
struct Workshop: Sendable {
    static let now = Date(timeIntervalSince1970: 1_769_562_000)

    let pool: PostgresPool
    let session: PostgresConnection

    static func run(_ body: (Workshop) async throws -> Void) async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            try await body(
                Workshop(pool: PostgresPool(configuration: database.configuration, size: 2, logger: .silent), session: session))
            await session.close()
        }
    }

    /// - Parameters:
    ///   - seconds: the run's budget.
    ///   - answer: DSCO's status and body for a URL.
    func pull(
        _ tick: Tick, seconds: Double = 60, isStopping: @escaping @Sendable () -> Bool = { false },
        _ answer: @escaping @Sendable (String) -> (Int, String)
    ) async throws -> (result: RunResult, counts: [String: Int]) {
        let transport = ScriptedTransport(
            otherwise: { request throws(PartnerError) in
                let (status, body) = answer(request.url)
                return PartnerResponse(status: status, headers: [], body: Array(body.utf8))
            })
        let time = ManualClock(date: Self.now)
        let caller = PartnerCaller(
            .dsco, transport: transport, backoff: Backoff(base: .seconds(1), attempts: 2, jitter: { 1 }), clock: time.clock)
        let client = DSCOClient(
            DSCOSettings(baseURL: "https://dsco.example/api/v3", credentials: .token("T"), timeout: .seconds(30)), caller: caller,
            limiter: UnlimitedCalls())
        let ledger = RunLedger(session: session, stage: .pull, runID: UUID(), partitions: [0], names: [])
        return try await PullBody(client).run(
            tick,
            RunContext(
                ledger: ledger, configuration: RuntimeConfiguration(), now: { Self.now }, jitter: { 0 },
                budgetEnd: .now + .seconds(seconds), isStopping: isStopping, logger: .silent))
    }

    static func order(_ number: String, id: String? = nil) -> String {
        let id = id.map { #""dscoOrderId":"\#($0)","# } ?? ""
        return #"{\#(id)"poNumber":"\#(number)","dscoStatus":"created","lineItems":[{"quantity":1,"sku":"A"}]}"#
    }

    static let emptyPage = (200, #"{"orders":[]}"#)
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension String {
    /// A time among the parameters of a URL's query.
    func bound(_ name: String) -> Date? {
        split(separator: "?").last?.split(separator: "&").first { $0.hasPrefix("\(name)=") }
            .flatMap { Date(tickText: String($0.dropFirst(name.count + 1)).replacing("%3A", with: ":")) }
    }
}
