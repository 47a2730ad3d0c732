package import Domain
package import FoundationEssentials
package import Pipeline
package import RabbitMQ

/// Publishes ticks where design 4 wants them; returns when the broker has confirmed.
package struct TickPublisher: Sendable {
    let publisher: RabbitMQPublisher

    package init(_ publisher: RabbitMQPublisher) { self.publisher = publisher }

    /// To the stage's queue, to be run at once.
    package func publish(_ tick: Tick) async throws(RabbitMQError) {
        try await publisher.publish(message(tick, exchange: Topology.exchange))
    }

    /// To the stages' queues, pipelined.
    package func publish(_ ticks: [Tick]) async throws(RabbitMQError) {
        try await publisher.publish(ticks.map { message($0, exchange: Topology.exchange) })
    }

    /// To the delay queue, from which it comes back to its stage.
    package func publishLater(_ tick: Tick) async throws(RabbitMQError) {
        try await publisher.publish(message(tick, exchange: Topology.delayExchange))
    }

    /// Waits for the broker.
    /// - Throws: what the last attempt to connect met.
    package func waitUntilConnected(timeout: Duration) async throws(RabbitMQError) {
        try await publisher.waitUntilConnected(timeout: timeout)
    }

    /// The stages of which no message waits, neither in their queues nor in the delay queue. What a worker has in hand does not show.
    package func idleStages() async throws(RabbitMQError) -> Set<Stage> {
        guard try await publisher.queueDepth(Topology.delayQueue)?.messages ?? 0 == 0 else { return [] }
        var idle: Set<Stage> = []
        for stage in Stage.allCases where try await publisher.queueDepth(Topology.queue(stage))?.messages ?? 0 == 0 {
            idle.insert(stage)
        }
        return idle
    }

    /// To the dead letters of a stage, as received, with the reason.
    package func bury(_ body: [UInt8], stage: Stage, reason: String, now: Date) async throws(RabbitMQError) {
        var message = OutgoingMessage(exchange: Topology.deadExchange, routingKey: stage.rawValue, body: body)
        message.timestamp = now
        message.headers[Topology.reasonHeader] = .string(reason)
        try await publisher.publish(message)
    }

    private func message(_ tick: Tick, exchange: String) -> OutgoingMessage {
        var message = OutgoingMessage(exchange: exchange, routingKey: tick.stage.rawValue, body: tick.body)
        message.contentType = "application/json"
        message.messageID = tick.id
        return message
    }
}
