package import FoundationEssentials
import NIOConcurrencyHelpers

/// A message handed to this process, to be settled once: by `ack` or by `reject`.
///
/// Until then the broker keeps it for us; it hands it out again when the connection goes. A delivery belongs to the channel it came on, and
/// can never settle anything on a later one.
package final class Delivery: Sendable {
    package let queue: String
    package let exchange: String
    package let routingKey: String
    package let body: [UInt8]
    package let headers: [String: RabbitMQValue]
    package let contentType: String?
    package let messageID: String?
    package let correlationID: String?
    package let timestamp: Date?
    /// A hint that the message was handed out before. Not proof that anybody worked on it.
    package let redelivered: Bool

    private let connection: AMQPConnection
    private let channel: AMQPChannel
    private let tag: UInt64
    private let settled = NIOLockedValueBox(false)

    init(
        envelope: AMQPEnvelope, properties: AMQPProperties, body: [UInt8], queue: String, channel: AMQPChannel,
        connection: AMQPConnection
    ) {
        self.queue = queue
        self.exchange = envelope.exchange
        self.routingKey = envelope.routingKey
        self.redelivered = envelope.redelivered
        self.tag = envelope.deliveryTag
        self.body = body
        self.headers = properties.headers
        self.contentType = properties.contentType
        self.messageID = properties.messageID
        self.correlationID = properties.correlationID
        self.timestamp = properties.timestamp
        self.channel = channel
        self.connection = connection
    }

    /// How many earlier deliveries of this message ended without an acknowledgement (quorum queues count them).
    package var deliveryCount: Int {
        headers["x-delivery-count"]?.int.flatMap(Int.init(exactly:)) ?? 0
    }

    /// Whether `ack` or `reject` was called.
    package var isSettled: Bool { settled.withLockedValue { $0 } }

    /// Whether the message is still in our hands: its channel is open. Afterwards the broker hands it out again.
    package var isOurs: Bool {
        get async { await connection.isOpen(channel) }
    }

    /// Tells the broker that the message is done with. Returns when the broker has read it.
    /// - Throws: `connectionLost` or `channelClosed` when the message is no longer ours (it is handed out again), `alreadySettled`.
    package func ack() async throws(RabbitMQError) {
        try await settle(.ack)
    }

    /// Gives the message back: to its queue at once with `requeue`, else to the queue's dead-letter exchange.
    /// - Throws: as `ack`.
    package func reject(requeue: Bool) async throws(RabbitMQError) {
        try await settle(.reject(requeue: requeue))
    }

    private func settle(_ settlement: AMQPSettlement) async throws(RabbitMQError) {
        let isFirst = settled.withLockedValue { settled in
            defer { settled = true }
            return !settled
        }
        guard isFirst else {
            throw RabbitMQError(.alreadySettled, "A message of queue \(queue) was acknowledged or rejected twice")
        }
        try await connection.settle(settlement, tag: tag, on: channel)
    }
}
