import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import RabbitMQ
import Rehearsal
import Sandbox
import ServiceLifecycle
import StageRunner
import Store

/// A fleet of real processes between simulated partners, on a database and a virtual host of its own.
struct Rig: Sendable {
    let sandbox: Sandbox
    /// `http://127.0.0.1:port` of the partners.
    let partnersURL: String
    let fleet: Fleet
    let pool: PostgresPool
    let publisher: RabbitMQPublisher
    /// What the processes are started with.
    let environment: [String: String]
    private let base: RuntimeConfiguration
    private let store: RuntimeConfigurationStore

    var ticks: TickPublisher { TickPublisher(publisher) }

    /// Builds it up, waits until every worker takes messages, runs the body, and ends every process.
    static func with<Result: Sendable>(
        _ name: String, _ settings: RigSettings, _ venue: Venue, _ body: (Rig) async throws -> Result
    ) async throws -> Result {
        let sandbox = Sandbox(configuration: settings.partners, logger: .silent)
        let database = try await venue.database(name)
        let broker = try await venue.virtualHost(name)
        let publisher = RabbitMQPublisher(
            configuration: try RabbitMQConfiguration(url: broker, connectionName: "bench"), topology: .conveyor, logger: .silent)
        let services = ServiceGroup(configuration: .init(services: [sandbox, publisher], logger: .silent))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            guard let port = await sandbox.port else { throw RehearsalError("the simulated partners could not be started") }
            let rig = try Rig(settings, venue, sandbox, publisher, database: database, broker: broker, port: port)
            try await rig.configure(settings.configure)
            group.addTask { try await rig.fleet.run() }
            do {
                try await publisher.waitUntilConnected(timeout: .seconds(20))
                try await rig.waitForConsumers(settings.fleet)
                let result = try await body(rig)
                await rig.fleet.stop()
                if let end = rig.fleet.ends.first(where: \.isUncalledFor) {
                    throw RehearsalError("\(end.name) ended by itself: \(end.exit); see \(venue.surroundings.logs)")
                }
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                try await venue.drop(name)
                return result
            } catch {
                await rig.fleet.stop()
                await services.triggerGracefulShutdown()
                throw error
            }
        }
    }

    private init(
        _ settings: RigSettings, _ venue: Venue, _ sandbox: Sandbox, _ publisher: RabbitMQPublisher, database: String,
        broker: String, port: Int
    ) throws {
        self.sandbox = sandbox
        self.publisher = publisher
        partnersURL = "http://127.0.0.1:\(port)"
        pool = PostgresPool(
            configuration: try PostgresConfiguration(url: database, applicationName: "bench"), size: 2, logger: .silent)
        base = try RuntimeConfiguration.parse(sandbox.documents.runtimeConfiguration().bytes)
        store = RuntimeConfigurationStore(pool)
        var environment = venue.surroundings.inherited
        for (name, value) in sandbox.documents.environment(base: partnersURL) { environment[name] = value }
        // As they are by default: nothing here is in doubt, and a busy machine must not look like a dead partner.
        for name in ["DSCO", "LINGXING"].flatMap({ ["\($0)_TIMEOUT_SECONDS", "\($0)_SETTLING_SECONDS"] }) {
            environment[name] = nil
        }
        environment["LINGXING_MIN_GAP_SECONDS"] = "\(settings.minimumGap)"
        if let settling = settings.settling { environment["DSCO_SETTLING_SECONDS"] = "\(settling)" }
        environment["LOG_FORMAT"] = "json"
        environment["DATABASE_URL"] = database
        environment["AMQP_URL"] = broker
        self.environment = environment
        fleet = Fleet(
            settings.fleet, programs: venue.surroundings.programs, environment: environment, logs: venue.surroundings.logs)
    }

    // MARK: Configuration

    /// Puts the partners' configuration in force, changed like this.
    func configure(_ change: (inout RuntimeConfiguration) -> Void) async throws {
        var configuration = base
        // What an operator sets for a partner who is asked often: what waits is looked at on the slow cycle alone.
        configuration.recheckSeconds = 3600
        // Pages that even a busy machine stores quickly, where storing is not what is measured.
        configuration.jobs[.pull]?.size = 250
        change(&configuration)
        _ = try await store.set(configuration, ifVersion: nil, by: "bench", now: Date())
        // Until every process has heard of it: a tick that comes before would find its job off.
        if fleet.members.values.contains(where: { $0.child != nil }) { try await Task.sleep(for: .seconds(2)) }
    }

    private func waitForConsumers(_ names: [ProcessName]) async throws {
        for stage in Stage.allCases {
            let expected = names.count { $0.program == ProcessName.worker(stage, 1).program }
            try await wait("the \(stage.rawValue) workers take messages", seconds: 30) {
                try await publisher.queueDepth(Topology.queue(stage))?.consumers ?? 0 >= expected
            }
        }
    }

    // MARK: Watching

    /// Waits for something that must come.
    func wait(_ what: String, seconds: Double, every pause: Duration = .milliseconds(50), _ sign: () async throws -> Bool)
        async throws
    {
        let end = ContinuousClock.now + .seconds(seconds)
        while try await !sign() {
            guard ContinuousClock.now < end else { throw RehearsalError("not within \(Int(seconds)) s: \(what)") }
            try await Task.sleep(for: pause)
        }
    }

    func orders(at status: OrderStatus) async throws -> Int {
        let rows = try await pool.query("select count(*)::int as n from dsco_order_sync where status = \(status.rawValue)")
        return try rows[0].decode("n", as: Int.self)
    }

    /// Whether an order stands before its end: cheaper to ask again and again than counting.
    func hasUnfinishedOrders() async throws -> Bool {
        let rows = try await pool.query("select exists (select 1 from dsco_order_sync where status between 1 and 4) as found")
        return try rows[0].decode("found", as: Bool.self)
    }

    /// Runs that ended, by now.
    func runs(of stage: Stage) async throws -> Int {
        let rows = try await pool.query(
            "select count(*)::int as n from stage_run where stage = \(stage.rawValue) and ended_at is not null")
        return try rows[0].decode("n", as: Int.self)
    }

    /// Whatever is fast but not what the partners' contracts ask for is no result.
    func partnersAreContent() throws {
        let counts = sandbox.effects.counts
        guard counts.violations.total + counts.duplicates.total + counts.duplicateAttempts.total == 0 else {
            let complaints = counts.violations.details + counts.duplicates.details + counts.duplicateAttempts.details
            throw RehearsalError("the partners complain: \(complaints.prefix(3).map { "\($0.rule): \($0.what)" })")
        }
    }

    /// What each process has used so far.
    var use: [ProcessName: ProcessUse] {
        fleet.members.compactMapValues { member in member.child.flatMap { ProcessUse.of($0.pid) } }
    }

    /// CPU seconds of all processes together.
    var cpu: Double { use.values.reduce(0) { $0 + $1.cpu } }

    /// Runs a stage now, and waits until its run has ended.
    func run(_ stage: Stage, seconds: Double = 30) async throws {
        let id = UUID().uuidString.lowercased()
        try await ticks.publish(Tick(id: id, stage: stage, trigger: .manual, requestedBy: "bench", issuedAt: Date()))
        try await wait("the \(stage.rawValue) run has ended", seconds: seconds, every: .milliseconds(5)) {
            let rows = try await pool.query(
                "select exists (select 1 from stage_run where tick_id = \(id) and ended_at is not null) as done")
            return try rows[0].decode("done", as: Bool.self)
        }
    }
}
