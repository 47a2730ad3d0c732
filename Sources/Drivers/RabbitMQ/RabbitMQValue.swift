package import FoundationEssentials

/// A value in a message header or in the arguments of a queue.
package enum RabbitMQValue: Sendable, Hashable {
    case string(String)
    /// Bytes that are no UTF-8 text.
    case bytes([UInt8])
    /// Any integer; sent as 64 bits.
    case int(Int64)
    case double(Double)
    case bool(Bool)
    /// Whole seconds on the wire.
    case timestamp(Date)
    case array([RabbitMQValue])
    case table([String: RabbitMQValue])
    case null

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var int: Int64? {
        if case .int(let value) = self { value } else { nil }
    }
}

extension RabbitMQValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}
