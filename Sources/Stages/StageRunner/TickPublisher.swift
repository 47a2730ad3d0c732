package import Domain
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

    /// To the dead letters of a stage, as received, with the reason.
    package func bury(_ body: [UInt8], stage: Stage, reason: String) async throws(RabbitMQError) {
        var message = OutgoingMessage(exchange: Topology.deadExchange, routingKey: stage.rawValue, body: body)
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
