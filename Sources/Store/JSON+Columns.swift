import FoundationEssentials
import JSON

/// Values for `json_to_recordset`, by which a batch of rows goes to the database as one parameter.
extension JSON {
    /// Text without U+0000, which Postgres cannot store.
    static func column(_ text: String?) -> JSON {
        guard let text else { return .null }
        return .string(text.utf8.contains(0) ? text.filter { $0 != "\0" } : text)
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
