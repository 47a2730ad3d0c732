import Domain
import Pipeline
import RabbitMQ
import StageRunner
import TestSupport
import Testing

@Suite("The broker's parts (design 4)", .timeLimit(.minutes(2)))
struct BrokerTopologyTests {
    /// As it is, but that a message put off comes back in a second.
    private static let quick: RabbitMQTopology = {
        var topology = RabbitMQTopology.conveyor
        for index in topology.queues.indices where topology.queues[index].name == Topology.delayQueue {
            topology.queues[index].arguments["x-message-ttl"] = 1000
        }
        return topology
    }()

    private func withPublisher(
        _ topology: RabbitMQTopology = .conveyor, _ body: (RabbitMQPublisher, TestVhost) async throws -> Void
    ) async throws {
        try await TestVhost.with { vhost in
            let publisher = RabbitMQPublisher(
                configuration: try RabbitMQConfiguration(url: vhost.amqpURL, connectionName: "test"), topology: topology,
                logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await publisher.run() }
                defer { group.cancelAll() }
                try await publisher.waitUntilConnected(timeout: .seconds(20))
                try await body(publisher, vhost)
            }
        }
    }

    private func delivery(_ publisher: RabbitMQPublisher, _ queue: String) async throws -> Delivery {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            if let delivery = try await publisher.get(queue) { return delivery }
            try #require(ContinuousClock.now < deadline, "nothing came to \(queue)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("A tick that is put off comes back to its own stage and no other, as it was")
    func thereAndBack() async throws {
        try await withPublisher(Self.quick) { publisher, _ in
            let ticks = Stage.allCases.map { Tick(id: "later-\($0.rawValue)", stage: $0, trigger: .manual, orders: ["PO-1"]) }
            // Twice, as a tick may be put off many times: the broker takes no cycle for one that a worker published itself.
            for tick in ticks { try await TickPublisher(publisher).publishLater(tick) }
            for tick in ticks {
                let back = try await delivery(publisher, Topology.queue(tick.stage))
                #expect(try Tick(parsing: back.body) == tick)
                #expect(back.routingKey == tick.stage.rawValue)
                try await TickPublisher(publisher).publishLater(tick)
                try await back.ack()
            }
            for tick in ticks {
                let again = try await delivery(publisher, Topology.queue(tick.stage))
                #expect(try Tick(parsing: again.body) == tick)
                try await again.ack()
                #expect(try await publisher.get(Topology.queue(tick.stage)) == nil)
            }
        }
    }

    @Test(
        "A message that is never settled is a dead letter of its stage after its deliveries, and stays there",
        arguments: Stage.allCases)
    func poison(_ stage: Stage) async throws {
        try await withPublisher { publisher, _ in
            try await TickPublisher(publisher).publish(Tick(id: "poison", stage: stage, trigger: .manual))
            var deliveries = 0
            while deliveries < 10, try await publisher.queueDepth(Topology.deadQueue(stage))?.messages == 0 {
                guard let delivery = try await publisher.get(Topology.queue(stage)) else { continue }
                deliveries += 1
                try await delivery.reject(requeue: true)
            }
            #expect(deliveries == Int(Topology.deliveryLimit) + 1)
            let dead = try await delivery(publisher, Topology.deadQueue(stage))
            #expect(try Tick(parsing: dead.body).id == "poison")
            #expect(try await publisher.get(Topology.queue(stage)) == nil)
        }
    }

    @Test("A tick whose queue is gone is an error to whoever publishes it, and no error once it is declared again")
    func unroutable() async throws {
        try await withPublisher { publisher, vhost in
            try await vhost.deleteQueue(Topology.queue(.ship))
            let tick = Tick(id: "t", stage: .ship, trigger: .schedule)
            let error = await #expect(throws: RabbitMQError.self) { try await TickPublisher(publisher).publish(tick) }
            #expect(error?.code == .returned)
            try await withPublisherOf(vhost) { other in
                try await TickPublisher(other).publish(tick)
                #expect(try await other.queueDepth(Topology.queue(.ship))?.messages == 1)
            }
        }
    }

    private func withPublisherOf(_ vhost: TestVhost, _ body: (RabbitMQPublisher) async throws -> Void) async throws {
        let publisher = RabbitMQPublisher(
            configuration: try RabbitMQConfiguration(url: vhost.amqpURL, connectionName: "other"), topology: .conveyor,
            logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            defer { group.cancelAll() }
            try await publisher.waitUntilConnected(timeout: .seconds(20))
            try await body(publisher)
        }
    }
}
