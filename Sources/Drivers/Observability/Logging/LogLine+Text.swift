import Logging

extension LogLine {
    /// Time, level, label and message in columns, then `key=value` pairs. One line, whatever the values contain.
    func text(colour: Bool) -> String {
        var line = timestamp + " "
        line += Self.paint(Self.pad(level.rawValue.uppercased(), to: 8), level.colour, colour) + " "
        line += Self.paint(Self.pad(label, to: 16), .dim, colour) + " "
        line.appendEscaped(message, quoted: false)
        if let error {
            line += " " + Self.pair("error", error.description, colour: colour)
        }
        for (key, value) in fields {
            line += " " + Self.pair(key, value.plain, colour: colour)
        }
        return line + "\n"
    }

    private static func pair(_ key: String, _ value: String, colour: Bool) -> String {
        var safeKey = ""
        safeKey.appendEscaped(key, quoted: true)
        var safeValue = ""
        if value.isEmpty || value.unicodeScalars.contains(where: { $0 == " " || $0 == "=" || $0 == "\"" }) {
            safeValue.appendJSON(value)
        } else {
            safeValue.appendEscaped(value, quoted: false)
        }
        return paint(safeKey + "=", .dim, colour) + safeValue
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func paint(_ text: String, _ colour: Colour?, _ wanted: Bool) -> String {
        guard wanted, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    /// The number of an ANSI escape sequence.
    fileprivate enum Colour: Int {
        case dim = 2
        case red = 31
        case yellow = 33
        case cyan = 36
    }
}

extension Logger.Level {
    fileprivate var colour: LogLine.Colour? {
        switch self {
        case .trace, .debug: .dim
        case .info: nil
        case .notice: .cyan
        case .warning: .yellow
        case .error, .critical: .red
        }
    }
}
