import Domain
import FoundationEssentials
import JSON

/// Values for columns of type json, and for documents that people read.
extension JSON {
    /// Text without U+0000, which Postgres cannot store.
    static func column(_ text: String?) -> JSON {
        guard let text else { return .null }
        return .string(text.withoutNUL)
    }

    /// The value with no U+0000 in its texts: the server reads a recordset's members as text, and one of them would fail the whole batch.
    var withoutNUL: JSON {
        guard hasNUL else { return self }
        return switch self {
        case .null, .bool, .number: self
        case .string(let text): .string(text.withoutNUL)
        case .array(let elements): .array(elements.map(\.withoutNUL))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key.withoutNUL, $0.value.withoutNUL) }))
        }
    }

    private var hasNUL: Bool {
        switch self {
        case .null, .bool, .number: false
        case .string(let text): text.hasNUL
        case .array(let elements): elements.contains(where: \.hasNUL)
        case .object(let object): object.members.contains { $0.key.hasNUL || $0.value.hasNUL }
        }
    }

    static func column(_ texts: [String]?) -> JSON {
        guard let texts else { return .null }
        return .array(texts.map { column($0) })
    }

    static func column(_ date: Date?) -> JSON {
        guard let date else { return .null }
        return .string(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    static func column(_ number: some FixedWidthInteger) -> JSON { .number(JSONNumber(number)) }
}
