import Logging
import RabbitMQ
import TestSupport

extension TestVhost {
    func configuration(_ connectionName: String = "test") throws -> RabbitMQConfiguration {
        try RabbitMQConfiguration(url: amqpURL, connectionName: connectionName)
    }

    func publisher(_ topology: RabbitMQTopology = RabbitMQTopology(), name: String = "publisher") throws -> RabbitMQPublisher {
        RabbitMQPublisher(configuration: try configuration(name), topology: topology, reconnect: .quick, logger: quiet)
    }

    func consumer(
        _ topology: RabbitMQTopology, _ queue: String, name: String = "consumer", prefetch: Int = 1, heartbeat: Int = 4,
        handler: @escaping @Sendable (Delivery) async -> Void
    ) throws -> RabbitMQConsumer {
        var configuration = try configuration(name)
        configuration.heartbeat = heartbeat
        return RabbitMQConsumer(
            configuration: configuration, topology: topology, queue: queue, prefetch: prefetch, reconnect: .quick, logger: quiet,
            handler: handler)
    }
}

extension ReconnectPolicy {
    static let quick = ReconnectPolicy { _ in .milliseconds(50) }
}

extension RabbitMQTopology {
    /// One quorum queue on a direct exchange `work`, with a terminal dead-letter queue. A prefix keeps tests apart that share a virtual host.
    static func work(_ arguments: [String: RabbitMQValue] = [:], prefix: String? = nil) -> RabbitMQTopology {
        let prefix = prefix.map { $0 + "." } ?? ""
        let (work, dead) = (prefix + "work", prefix + "dead")
        var all: [String: RabbitMQValue] = [
            "x-queue-type": "quorum", "x-dead-letter-exchange": .string(dead), "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        ]
        all.merge(arguments) { $1 }
        return RabbitMQTopology(
            exchanges: [.init(work, .direct), .init(dead, .direct)],
            queues: [.init(work + ".q", arguments: all), .init(dead + ".q", arguments: ["x-queue-type": "quorum"])],
            bindings: [
                .init(.queue(work + ".q"), exchange: work, routingKey: "push"),
                .init(.queue(dead + ".q"), exchange: dead, routingKey: "push"),
            ])
    }
}

extension OutgoingMessage {
    static func work(_ text: String, headers: [String: RabbitMQValue] = [:], prefix: String? = nil) -> OutgoingMessage {
        OutgoingMessage(
            exchange: prefix.map { $0 + ".work" } ?? "work", routingKey: "push", body: Array(text.utf8), headers: headers)
    }
}

extension Delivery {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// The error that the body throws.
func rabbitError(_ body: () async throws(RabbitMQError) -> Void) async -> RabbitMQError? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}
