import FoundationEssentials

/// Times in the document: ISO 8601 with a zone.
enum ConfigurationTime {
    static func date(_ text: String) -> Date? {
        let styles = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(timeZoneSeparator: .colon),
            Date.ISO8601FormatStyle(includingFractionalSeconds: true),
            Date.ISO8601FormatStyle(timeZoneSeparator: .colon, includingFractionalSeconds: true),
        ]
        return styles.lazy.compactMap { try? $0.parse(text) }.first
    }

    static func text(_ date: Date) -> String { Date.ISO8601FormatStyle().format(date) }
}
