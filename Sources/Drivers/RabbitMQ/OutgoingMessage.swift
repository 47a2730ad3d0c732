package import FoundationEssentials

/// A message to publish.
package struct OutgoingMessage: Sendable, Hashable {
    /// Empty for the default exchange, whose routing keys are queue names.
    package var exchange: String
    package var routingKey: String
    package var body: [UInt8]
    package var headers: [String: RabbitMQValue]
    package var contentType: String?
    package var messageID: String?
    package var correlationID: String?
    package var timestamp: Date?
    /// Whether a durable queue keeps the message over a restart of the broker.
    package var persistent: Bool

    package init(
        exchange: String, routingKey: String, body: [UInt8], headers: [String: RabbitMQValue] = [:], contentType: String? = nil,
        messageID: String? = nil, correlationID: String? = nil, timestamp: Date? = nil, persistent: Bool = true
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.headers = headers
        self.contentType = contentType
        self.messageID = messageID
        self.correlationID = correlationID
        self.timestamp = timestamp
        self.persistent = persistent
    }

    /// Refuses what AMQP cannot carry. librabbitmq would cut a long string's length to one byte and send garbage after it.
    func validate() throws(RabbitMQError) {
        for text in [exchange, routingKey, contentType ?? "", messageID ?? "", correlationID ?? ""] where text.utf8.count > 255 {
            throw RabbitMQError(
                .invalidMessage,
                "A message was not sent: its exchange, routing key or one of its properties is longer than 255 bytes")
        }
        guard let size = RabbitMQValue.table(headers).wireSize, size <= Self.largestHeaders else {
            throw RabbitMQError(
                .invalidMessage,
                "A message was not sent: its headers are over 64 KiB, or a header's name is longer than 255 bytes")
        }
    }

    /// Headers travel in one frame of at most 128 KiB.
    private static let largestHeaders = 65_536
}

extension RabbitMQValue {
    /// Bytes on the wire; `nil` for a table with a name that AMQP cannot carry.
    fileprivate var wireSize: Int? {
        switch self {
        case .string(let text): return 5 + text.utf8.count
        case .bytes(let bytes): return 5 + bytes.count
        case .int, .double, .timestamp: return 9
        case .bool: return 2
        case .null: return 1
        case .array(let values):
            var size = 5
            for value in values {
                guard let more = value.wireSize else { return nil }
                size += more
            }
            return size
        case .table(let table):
            var size = 5
            for (name, value) in table {
                guard name.utf8.count <= 255, let more = value.wireSize else { return nil }
                size += 1 + name.utf8.count + more
            }
            return size
        }
    }
}
