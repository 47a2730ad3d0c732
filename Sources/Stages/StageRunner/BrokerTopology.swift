import Domain
import Pipeline
package import RabbitMQ

extension RabbitMQTopology {
    /// Everything of design 4. Every process declares all of it at every connect.
    package static let conveyor: RabbitMQTopology = {
        let work: [String: RabbitMQValue] = [
            "x-queue-type": .string("quorum"), "x-delivery-limit": .int(Topology.deliveryLimit),
            "x-dead-letter-exchange": .string(Topology.deadExchange), "x-dead-letter-strategy": .string("at-least-once"),
            // Without reject-publish the broker silently falls back to at-most-once dead lettering.
            "x-overflow": .string("reject-publish"), "x-max-length": .int(Topology.maximumLength),
        ]
        let delay: [String: RabbitMQValue] = [
            "x-queue-type": .string("quorum"), "x-message-ttl": .int(Topology.delayMilliseconds),
            "x-dead-letter-exchange": .string(Topology.exchange), "x-dead-letter-strategy": .string("at-least-once"),
            "x-overflow": .string("reject-publish"), "x-max-length": .int(Topology.maximumLength),
        ]
        // Every look at a dead letter counts as a delivery, and RabbitMQ 4 drops a message after twenty unless told otherwise.
        let dead: [String: RabbitMQValue] = ["x-queue-type": .string("quorum"), "x-delivery-limit": 1_000_000_000]
        var topology = RabbitMQTopology()
        topology.exchanges = [
            .init(Topology.exchange, .direct), .init(Topology.deadExchange, .direct),
            // Fanout, so that the routing key survives and the message comes back to its stage.
            .init(Topology.delayExchange, .fanout),
        ]
        topology.queues = [.init(Topology.delayQueue, arguments: delay)]
        topology.bindings = [.init(.queue(Topology.delayQueue), exchange: Topology.delayExchange)]
        for stage in Stage.allCases {
            topology.queues.append(.init(Topology.queue(stage), arguments: work))
            topology.queues.append(.init(Topology.deadQueue(stage), arguments: dead))
            topology.bindings.append(
                .init(.queue(Topology.queue(stage)), exchange: Topology.exchange, routingKey: stage.rawValue))
            topology.bindings.append(
                .init(.queue(Topology.deadQueue(stage)), exchange: Topology.deadExchange, routingKey: stage.rawValue))
        }
        return topology
    }()
}
