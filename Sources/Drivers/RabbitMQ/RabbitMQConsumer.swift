package import Logging
import ServiceLifecycle

/// Consumes a queue: hands each message to a handler, which settles it.
///
/// At most `prefetch` handlers run at once. The connection is kept alive however long a handler works; when it is lost all the same, the
/// handler works on to its end, its acknowledgement fails, and the message is handed out again, to this process after the handler's end.
package final class RabbitMQConsumer: Service, Sendable {
    private let supervisor: ConnectionSupervisor
    private let queue: String
    private let prefetch: UInt16
    private let logger: Logger
    private let handler: @Sendable (Delivery) async -> Void

    /// - Parameters:
    ///   - topology: declared at every connect.
    ///   - prefetch: messages in hand at a time, and so handlers that run at once.
    ///   - handler: must `ack` or `reject` the delivery. One that it leaves unsettled goes back to its queue.
    package init(
        configuration: RabbitMQConfiguration, topology: RabbitMQTopology, queue: String, prefetch: Int = 1,
        reconnect: ReconnectPolicy = .exponential(), logger: Logger, handler: @escaping @Sendable (Delivery) async -> Void
    ) {
        var logger = logger
        logger[metadataKey: "queue"] = "\(queue)"
        supervisor = ConnectionSupervisor(configuration: configuration, topology: topology, reconnect: reconnect, logger: logger)
        self.queue = queue
        // 0 would mean "without limit" to the broker.
        self.prefetch = UInt16(clamping: max(prefetch, 1))
        self.logger = logger
        self.handler = handler
    }

    /// Whether the consumer is subscribed to its queue.
    package var isConnected: Bool { supervisor.slot.isConnected }

    /// Waits for the subscription.
    /// - Throws: what the last attempt met, when there is none within `timeout`.
    package func waitUntilConnected(timeout: Duration) async throws(RabbitMQError) {
        _ = try await supervisor.slot.connection(before: .now + timeout)
    }

    /// Consumes until graceful shutdown; then takes no more messages, lets the running handlers end and settle, and closes.
    /// - Throws: `authenticationFailed`, when the broker refuses the user or password at the first login of all.
    package func run() async throws {
        try await supervisor.run { connection throws(RabbitMQError) in
            try await connection.consume(queue, prefetch: prefetch)
        } serve: { connection, deliveries in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    guard (try? await gracefulShutdown()) != nil else { return }
                    await connection.stopConsuming()
                }
                await handle(deliveries)
                group.cancelAll()
            }
        }
    }

    private func handle(_ deliveries: AsyncStream<Delivery>) async {
        await withDiscardingTaskGroup { running in
            for await delivery in deliveries {
                // One that came after the signal is left to the broker, which hands it out again when the connection closes.
                guard !Task.isShuttingDownGracefully else { continue }
                running.addTask { await self.handle(delivery) }
            }
        }
    }

    private func handle(_ delivery: Delivery) async {
        await handler(delivery)
        guard !delivery.isSettled, !Task.isCancelled else { return }
        logger.error("a handler left its message unsettled; it goes back to the queue")
        try? await delivery.reject(requeue: true)
    }
}
