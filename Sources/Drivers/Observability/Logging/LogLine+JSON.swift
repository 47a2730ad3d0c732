import Logging

extension LogLine {
    /// Keys of the line itself; a metadata key of the same name is printed as `metadata.<key>`.
    private static let ownKeys: Set<String> = ["ts", "level", "label", "message", "error", "error_type"]

    /// One JSON object and a newline: `ts`, `level`, `label`, `message`, `error`, `error_type`, then the metadata by name.
    func json() -> String {
        var line = "{\"ts\":\"\(timestamp)\",\"level\":\"\(level.rawValue)\""
        func field(_ key: String, _ value: Value) {
            line += ","
            line.appendJSON(key)
            line += ":"
            line.appendJSON(value)
        }
        field("label", .text(label))
        field("message", .text(message))
        if let error {
            field("error", .text(error.description))
            field("error_type", .text(error.type))
        }
        for (key, value) in fields {
            field(Self.ownKeys.contains(key) ? "metadata." + key : key, value)
        }
        return line + "}\n"
    }
}

extension String {
    fileprivate mutating func appendJSON(_ value: LogLine.Value) {
        switch value {
        case .text(let text): appendJSON(text)
        case .literal(let literal): append(literal)
        case .list(let values):
            append("[")
            for (index, value) in values.enumerated() {
                if index > 0 { append(",") }
                appendJSON(value)
            }
            append("]")
        }
    }

    /// Appends `text` as a quoted JSON string.
    mutating func appendJSON(_ text: String) {
        append("\"")
        appendEscaped(text, quoted: true)
        append("\"")
    }

    /// Appends `text` without anything that would break a line, a JSON string or a terminal: control characters (C0, DEL and C1),
    /// the Unicode line separators and what turns the direction of text or cannot be seen are escaped; with `quoted`, quotes and
    /// backslashes too.
    mutating func appendEscaped(_ text: String, quoted: Bool) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where quoted: append("\\\"")
            case "\\" where quoted: append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\u{20}"..."\u{7E}": unicodeScalars.append(scalar)
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    for unit in String(scalar).utf16 {
                        let hex = String(unit, radix: 16)
                        append("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
                    }
                default: unicodeScalars.append(scalar)
                }
            }
        }
    }
}
