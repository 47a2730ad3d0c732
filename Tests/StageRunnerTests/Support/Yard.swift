import Domain
import FoundationEssentials
import Logging
import Pipeline
import PostgreSQL
import RabbitMQ
import ServiceLifecycle
import StageRunner
import Store
import Synchronization
import TestSupport
import Testing

/// A body that does what the test says.
struct ScriptedBody: StageBody {
    var stage = Stage.ack
    var budget: Duration { .seconds(60) }
    var work: @Sendable (Tick, RunContext) async throws -> RunResult

    func run(_ tick: Tick, _ context: RunContext) async throws -> (result: RunResult, counts: [String: Int]) {
        (try await work(tick, context), [:])
    }
}

/// A broker's virtual host with the whole topology, and a belt beside it.
struct Yard: Sendable {
    let vhost: TestVhost
    let belt: Belt
    let publisher: RabbitMQPublisher
    let cache: RuntimeConfigurationCache

    static func run(_ body: @Sendable @escaping (Yard) async throws -> Void) async throws {
        try await TestVhost.with { vhost in
            try await Belt.run { belt in
                let publisher = RabbitMQPublisher(
                    configuration: try RabbitMQConfiguration(url: vhost.amqpURL, connectionName: "test"), topology: .conveyor,
                    logger: .silent)
                let store = RuntimeConfigurationStore(belt.pool)
                let cache = RuntimeConfigurationCache(store: store, listening: belt.database.configuration, logger: .silent)
                let yard = Yard(vhost: vhost, belt: belt, publisher: publisher, cache: cache)
                let group = ServiceGroup(configuration: .init(services: [.init(service: publisher)], logger: .silent))
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await group.run() }
                    try await publisher.waitUntilConnected(timeout: .seconds(20))
                    try await yard.configure { _ in }
                    try await body(yard)
                    await group.triggerGracefulShutdown()
                    try await tasks.waitForAll()
                }
            }
        }
    }

    /// Only ack is enabled, unless the test says otherwise.
    func configure(_ body: (inout RuntimeConfiguration) -> Void) async throws {
        belt.configure { configuration in
            configuration.jobs[.ack]?.isEnabled = true
            body(&configuration)
        }
        _ = try await RuntimeConfigurationStore(belt.pool).set(belt.configuration, ifVersion: nil, by: "test", now: belt.now)
        await cache.reload()
    }

    /// - Parameter database: the way to the database for the run's locks, where it is not the test's own.
    func worker(
        _ body: any StageBody, name: String = "w", database: PostgresConfiguration? = nil,
        clockTolerance: TimeInterval = .infinity
    ) -> StageWorker {
        var dependencies = StageWorker.Dependencies(
            pool: belt.pool, database: database ?? belt.database.configuration, ticks: TickPublisher(publisher),
            configuration: cache, now: { belt.now }, jitter: { 0 }, newID: { UUID() },
            isStopping: { belt.partner.with(\.isStopping) }, name: name, logger: .silent)
        dependencies.clockTolerance = clockTolerance
        return StageWorker(body, dependencies)
    }

    func worker(returning result: RunResult = RunResult(end: .done)) -> StageWorker {
        worker(ScriptedBody { _, _ in result })
    }

    /// The real thing over the fake partner. A worker that is not stopping polls the log.
    var orderWorker: StageWorker {
        belt.partner.with { $0.endsPolling = false }
        return worker(OrderStageBody(FakeStage(partner: belt.partner), decode: Belt.decode))
    }

    /// The tick as the broker hands it out.
    func deliver(_ tick: Tick) async throws -> Delivery { try await deliver(tick.body, tick.stage) }

    func deliver(_ body: [UInt8], _ stage: Stage = .ack) async throws -> Delivery {
        try await publisher.publish(OutgoingMessage(exchange: Topology.exchange, routingKey: stage.rawValue, body: body))
        return try #require(try await publisher.get(Topology.queue(stage)))
    }

    /// Every message of a queue, taken off it.
    func drain(_ queue: String) async throws -> [Delivery] {
        var messages: [Delivery] = []
        while let message = try await publisher.get(queue) {
            try await message.ack()
            messages.append(message)
        }
        return messages
    }

    func ticks(_ queue: String) async throws -> [Tick] { try await drain(queue).map { try Tick(parsing: $0.body) } }

    func atOnce() async throws -> [Tick] { try await ticks(Topology.queue(.ack)) }

    func later() async throws -> [Tick] { try await ticks(Topology.delayQueue) }

    func runs() async throws -> [StageRunState] {
        try await RunDirectory(belt.pool).recent(limit: 100).map(\.state)
    }
}

/// A door that stays shut until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
