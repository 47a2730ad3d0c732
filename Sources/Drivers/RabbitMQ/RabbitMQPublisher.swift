package import Logging
import ServiceLifecycle

/// Publishes messages, and returns only when the broker has taken them.
///
/// Every message is mandatory and confirmed: one that fits no queue, or that a full queue refuses, is an error. The publisher has a connection
/// of its own, since the broker blocks connections that publish when it runs short of memory or disk. Any number of tasks may publish at
/// once; their messages share one channel and one window of unconfirmed messages.
///
/// Works while `run()` does. A publish waits for a connection, up to `RabbitMQConfiguration.publishTimeout`.
package final class RabbitMQPublisher: Service, Sendable {
    private let supervisor: ConnectionSupervisor

    /// - Parameter topology: declared at every connect, before the first publish.
    package init(
        configuration: RabbitMQConfiguration, topology: RabbitMQTopology, reconnect: ReconnectPolicy = .exponential(),
        logger: Logger
    ) {
        supervisor = ConnectionSupervisor(configuration: configuration, topology: topology, reconnect: reconnect, logger: logger)
    }

    /// Whether there is a connection with everything declared.
    package var isConnected: Bool { supervisor.slot.isConnected }

    /// Waits for a connection.
    /// - Throws: what the last attempt met, when there is none within `timeout`.
    package func waitUntilConnected(timeout: Duration) async throws(RabbitMQError) {
        _ = try await supervisor.slot.connection(before: .now + timeout)
    }

    /// Publishes one message; returns when the broker has it in every queue it belongs to, for durable queues on disk.
    ///
    /// Not interrupted by cancellation once it is sent: its result comes within `publishTimeout`.
    /// - Throws: `returned`, `nacked`, `blocked` or `invalidMessage` (not stored); `connectionLost` or `timedOut` (it may be stored).
    package func publish(_ message: OutgoingMessage) async throws(RabbitMQError) {
        try await publish([message])
    }

    /// Publishes many messages at once, in order.
    /// - Throws: as for one message: the first failure, once each has its result. The others may be stored.
    package func publish(_ messages: [OutgoingMessage]) async throws(RabbitMQError) {
        for message in messages { try message.validate() }
        let deadline = ContinuousClock.now + supervisor.configuration.publishTimeout
        try await supervisor.slot.connection(before: deadline).publish(messages, before: deadline)
    }

    /// Messages that are ready in a queue, and its consumers; `nil` when there is no such queue.
    package func queueDepth(_ queue: String) async throws(RabbitMQError) -> (messages: Int, consumers: Int)? {
        try await connection().depth(of: queue)
    }

    /// Takes one message from a queue, if one is ready. It stays with this connection until it is acknowledged or rejected.
    /// - Throws: `channelClosed` with reply code 404 when there is no such queue; this gives back what was taken and not settled.
    package func get(_ queue: String) async throws(RabbitMQError) -> Delivery? {
        try await connection().fetch(from: queue)
    }

    /// Keeps the publisher connected until graceful shutdown; then lets the publishes that are under way end, and closes.
    /// - Throws: `authenticationFailed`, when the broker refuses the user or password at the first login of all.
    package func run() async throws {
        let slot = supervisor.slot
        try await supervisor.run { connection throws(RabbitMQError) in
            try await connection.confirmPublishes()
        } serve: { connection, _ in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in connection.closed {} }
                group.addTask {
                    guard (try? await gracefulShutdown()) != nil else { return }
                    slot.shutDown()
                    for await _ in await connection.untilIdle() {}
                }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func connection() async throws(RabbitMQError) -> AMQPConnection {
        try await supervisor.slot.connection(before: .now + supervisor.configuration.rpcTimeout)
    }
}
