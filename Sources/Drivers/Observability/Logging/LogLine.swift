import FoundationEssentials
import Logging

/// One log event, redacted and flattened: what both formats print.
struct LogLine {
    enum Value: Equatable {
        case text(String)
        /// Printed by JSON without quotes: a number or a truth value.
        case literal(String)
        case list([Value])
    }

    let time: Date
    let level: Logger.Level
    let label: String
    let message: String
    let error: Failure?
    /// Sorted by key. Nested dictionaries became `outer.inner`.
    let fields: [(key: String, value: Value)]

    struct Failure: Equatable {
        let description: String
        let type: String
    }

    init(time: Date, label: String, event: LogEvent, metadata: Logger.Metadata, redaction: Redaction) {
        self.time = time
        self.level = event.level
        self.label = label
        message = redaction.text(event.message.description)
        // The description only: by the rule of the house it is harmless, `debugDescription` is not.
        error = event.error.map {
            Failure(description: redaction.text(String(describing: $0)), type: String(reflecting: Swift.type(of: $0)))
        }
        var fields: [(key: String, value: Value)] = []
        Self.flatten(metadata, under: "", redaction: redaction, into: &fields)
        self.fields = fields.sorted { $0.key < $1.key }
    }

    private static func flatten(
        _ metadata: Logger.Metadata, under prefix: String, redaction: Redaction, into fields: inout [(key: String, value: Value)]
    ) {
        for (key, value) in metadata {
            let path = prefix + key
            if redaction.hides(key: key) {
                fields.append((path, .text(Redaction.mask)))
            } else if case .dictionary(let inner) = value {
                flatten(inner, under: path + ".", redaction: redaction, into: &fields)
            } else {
                fields.append((path, Self.value(value, redaction: redaction)))
            }
        }
    }

    private static func value(_ value: Logger.MetadataValue, redaction: Redaction) -> Value {
        switch value {
        case .string(let text):
            return .text(redaction.text(text))
        case .stringConvertible(let number as any BinaryInteger & Sendable):
            return .literal(String(describing: number))
        case .stringConvertible(let truth as Bool):
            return .literal(truth ? "true" : "false")
        case .stringConvertible(let number as Double) where number.isFinite:
            return .literal(number.description)
        case .stringConvertible(let other):
            return .text(redaction.text(other.description))
        case .array(let values):
            return .list(values.map { Self.value($0, redaction: redaction) })
        case .dictionary(let inner):
            // Inside a list there is no path to flatten to: `key=value` pairs in one text.
            var fields: [(key: String, value: Value)] = []
            flatten(inner, under: "", redaction: redaction, into: &fields)
            let pairs = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.plain)" }
            return .text(pairs.joined(separator: " "))
        }
    }
}

extension LogLine.Value {
    /// The value as a person writes it.
    var plain: String {
        switch self {
        case .text(let text), .literal(let text): text
        case .list(let values): values.map(\.plain).joined(separator: ",")
        }
    }
}

extension LogLine {
    /// RFC 3339 in UTC, with milliseconds.
    var timestamp: String { time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
}
