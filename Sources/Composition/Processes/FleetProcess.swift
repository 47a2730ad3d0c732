import AsyncHTTPClient
import Domain
import FoundationEssentials
import Logging
import NIOConcurrencyHelpers
import Observability
import PartnerHTTP
import Pipeline
import PostgreSQL
import RabbitMQ
import Scheduling
import ServiceLifecycle
import StageRunner
import Store

/// The object graph of a process and its life: wait for the database, then run everything until the end.
struct FleetProcess: Service {
    private let process: ConveyorProcess
    private let reader: SettingsReader
    private let settings: ProcessSettings
    private let metrics: PrometheusMetricsFactory
    private let logger: Logger
    private let database: PostgresConfiguration
    private let broker: RabbitMQConfiguration
    private let listen: ListenAddress?
    private let migrator: Migrator

    /// Reads every setting that the process needs, before anything is started.
    init(
        _ process: ConveyorProcess, _ reader: SettingsReader, _ settings: ProcessSettings, _ metrics: PrometheusMetricsFactory,
        _ logger: Logger
    ) throws {
        self.process = process
        self.reader = reader
        self.settings = settings
        self.metrics = metrics
        self.logger = logger
        database = try reader.database(applicationName: process.name)
        broker = try reader.broker(connectionName: process.name)
        migrator = try MigrationFiles.migrator(environment: ProcessInfo.processInfo.environment)
        do { listen = try settings.httpListen.map { try ListenAddress(parsing: $0) } } catch {
            throw SettingError(.httpListen, "is wrong: \(error)")
        }
        if case .worker(let stage) = process { try reader.checkPartners(of: stage) }
    }

    func run() async throws {
        guard try await Startup(database: database, migrator: migrator, logger: logger).waitForDatabase() else { return }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: AsyncHTTPTransport.configuration())
        do {
            var configuration = ServiceGroupConfiguration(services: try services(http), logger: ConveyorProcess.quiet(logger))
            configuration.maximumGracefulShutdownDuration = settings.shutdownGrace
            try await ServiceGroup(configuration: configuration).run()
            try await http.shutdown()
        } catch {
            // What failed first is what counts.
            try? await http.shutdown()
            // The broker knows no such user or password: what was never right is a setting, not an outage.
            if let refusal = error as? RabbitMQError, refusal.code == .authenticationFailed {
                throw SettingError(.amqpURL, "is wrong: \(refusal)")
            }
            throw error
        }
    }

    /// In order of their dependencies; they are stopped in reverse, the work first.
    private func services(_ http: HTTPClient) throws -> [any Service] {
        let pool = PostgresPool(configuration: database, size: 4, logger: logger)
        let configuration = RuntimeConfigurationCache(store: RuntimeConfigurationStore(pool), listening: database, logger: logger)
        let publisher = RabbitMQPublisher(configuration: broker, topology: .conveyor, logger: logger)
        var services: [any Service] = [pool, configuration, publisher, MemoryReturn()]
        var consumer: RabbitMQConsumer?
        switch process {
        case .worker(let stage):
            let stop = StopSignal()
            var dependencies = StageWorker.Dependencies(
                pool: pool, database: database, ticks: TickPublisher(publisher), configuration: configuration, now: { Date() },
                jitter: { .random(in: 0..<1) }, newID: { UUID() }, isStopping: { stop.isRaised }, name: workerName, logger: logger
            )
            dependencies.clockTolerance = 10
            let worker = StageWorker(try reader.body(of: stage, http, pool), dependencies)
            let subscription = RabbitMQConsumer(
                configuration: broker, topology: .conveyor, queue: Topology.queue(stage), prefetch: 1, logger: logger
            ) { delivery in await worker.handle(delivery) }
            consumer = subscription
            services += [WhenConfigured(configuration, then: subscription), stop]
        case .scheduler:
            services.append(
                Scheduler(
                    Scheduler.Dependencies(
                        database: database, pool: pool, ticks: TickPublisher(publisher), configuration: configuration,
                        now: { Date() },
                        newID: { UUID() }, logger: logger)))
        }
        if let listen {
            services.insert(
                HealthServer(
                    address: listen,
                    checks: HealthCheck.all(pool: pool, publisher: publisher, consumer: consumer, migrator: migrator),
                    metrics: metrics, logger: ConveyorProcess.quiet(logger)), at: 0)
        }
        return services
    }

    private var workerName: String {
        "\(process.name)@\(ProcessInfo.processInfo.hostName)/\(ProcessInfo.processInfo.processIdentifier)"
    }
}

/// Raised first of all when the process is asked to stop, so that a run under way winds up.
final class StopSignal: Service {
    private let raised = NIOLockedValueBox(false)

    var isRaised: Bool { raised.withLockedValue { $0 } }

    func run() async throws {
        try await gracefulShutdown()
        raised.withLockedValue { $0 = true }
    }
}

/// Starts a service once there is a runtime configuration: before, every tick would fail.
struct WhenConfigured: Service {
    private let configuration: RuntimeConfigurationCache
    private let service: RabbitMQConsumer

    init(_ configuration: RuntimeConfigurationCache, then service: RabbitMQConsumer) {
        self.configuration = configuration
        self.service = service
    }

    func run() async throws {
        let isConfigured = await cancelWhenGracefulShutdown { (try? await configuration.snapshot()) != nil }
        guard isConfigured else { return try await gracefulShutdown() }
        try await service.run()
    }
}
