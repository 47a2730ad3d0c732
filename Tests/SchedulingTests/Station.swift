import Domain
import FoundationEssentials
import Logging
import Pipeline
import PostgreSQL
import RabbitMQ
import Scheduling
import ServiceLifecycle
import StageRunner
import Store
import Synchronization
import TestSupport
import Testing

/// A database and a broker's virtual host, with schedulers that can be told apart by the ids of their ticks.
final class Station: Sendable {
    let database: TestDatabase
    let pool: PostgresPool
    private let publisher: RabbitMQPublisher
    private let authors = Mutex<[String: String]>([:])
    private let proxies = Mutex<[String: TestProxy]>([:])

    static func run(_ body: @Sendable @escaping (Station) async throws -> Void) async throws {
        try await TestVhost.with { vhost in
            try await withTestDatabase(migrated: true) { database in
                let publisher = RabbitMQPublisher(
                    configuration: try RabbitMQConfiguration(url: vhost.amqpURL, connectionName: "test"), topology: .conveyor,
                    logger: .silent)
                let station = Station(database, publisher)
                try await services([publisher]) {
                    try await publisher.waitUntilConnected(timeout: .seconds(20))
                    try await body(station)
                }
            }
        }
    }

    private init(_ database: TestDatabase, _ publisher: RabbitMQPublisher) {
        self.database = database
        self.publisher = publisher
        pool = PostgresPool(configuration: database.configuration, size: 4, logger: .silent)
    }

    func configure(_ body: (inout RuntimeConfiguration) -> Void) async throws {
        let store = RuntimeConfigurationStore(pool)
        var configuration = try await store.current()?.configuration ?? RuntimeConfiguration()
        configuration.mapping.shop = ["R": "1"]
        body(&configuration)
        _ = try await store.set(configuration, ifVersion: nil, by: "test", now: Date())
    }

    /// What a scheduler works with.
    func dependencies(
        _ database: PostgresConfiguration, logger: Logger = .silent, newID: @escaping @Sendable () -> UUID = { UUID() }
    )
        -> (Scheduler.Dependencies, RuntimeConfigurationCache)
    {
        let cache = RuntimeConfigurationCache(
            store: RuntimeConfigurationStore(pool), listening: self.database.configuration, logger: .silent)
        return (
            Scheduler.Dependencies(
                database: database, pool: pool, ticks: TickPublisher(publisher), configuration: cache, now: { Date() },
                newID: newID, logger: logger), cache
        )
    }

    /// Runs schedulers while the body does, each as a process of its own would.
    func running(_ names: [String], _ body: () async throws -> Void) async throws {
        var running: [any Service] = []
        for name in names {
            let (dependencies, cache) = dependencies(try throughProxy(name)) {
                let id = UUID()
                self.authors.withLock { $0[id.uuidString.lowercased()] = name }
                return id
            }
            running += [cache, Scheduler(dependencies)]
        }
        try await Self.services(running, body)
    }

    /// The scheduler's own way to the database, which a test can cut.
    private func throughProxy(_ name: String) throws -> PostgresConfiguration {
        let proxy = try TestProxy(to: database.port)
        proxies.withLock { $0[name] = proxy }
        return try PostgresConfiguration(
            url: database.url.replacing(":\(database.port)/", with: ":\(proxy.port)/"), applicationName: "conveyor-test")
    }

    private static func services(_ services: [any Service], _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(configuration: .init(services: services.map { .init(service: $0) }, logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// Cuts a scheduler off from the database for good, or leaves its connections standing with nothing passing any more.
    func isolate(_ name: String, frozen: Bool) {
        guard let proxy = proxies.withLock({ $0[name] }) else { return }
        if frozen { proxy.freeze() } else { proxy.cut() }
    }

    func author(of tick: Tick) -> String { authors.withLock { $0[tick.id] ?? "nobody" } }

    /// What is in a stage's queue, taken off it.
    func ticks(_ stage: Stage) async throws -> [Tick] {
        var ticks: [Tick] = []
        while let message = try await publisher.get(Topology.queue(stage)) {
            try await message.ack()
            ticks.append(try Tick(parsing: message.body))
        }
        return ticks
    }

    /// Waits until so many ticks that `matter` have come.
    func first(_ count: Int, _ stage: Stage, within timeout: Duration = .seconds(15), matter: (Tick) -> Bool = { _ in true })
        async throws -> [Tick]
    {
        var all: [Tick] = []
        try await poll(within: timeout, "\(count) ticks of \(stage)") {
            all += try await ticks(stage).filter(matter)
            return all.count >= count
        }
        return all
    }

    /// The process that serves the leader's session, as soon as there is one.
    @discardableResult
    func leader() async throws -> Int32 {
        var process: Int32?
        try await poll(within: .seconds(15), "a leader") {
            process = try await pool.query(
                """
                select pid from pg_locks where locktype = 'advisory' and classid = \(Int(LockClass.leader))::oid and granted
                  and database = (select oid from pg_database where datname = current_database())
                """
            ).first?.decode("pid")
            return process != nil
        }
        return try #require(process)
    }

    /// Ends the leader's session from outside, as a cut network does.
    func cutLeader() async throws { try await database.terminate(processes: [try await leader()]) }

    func until(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        try await poll(within: .seconds(20), what, condition)
    }

    private func poll(within timeout: Duration, _ what: Comment, _ condition: () async throws -> Bool) async throws {
        struct TimedOut: Error {}
        let deadline = ContinuousClock.now + timeout
        while try await !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record("not within \(timeout): \(what)")
                throw TimedOut()
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
