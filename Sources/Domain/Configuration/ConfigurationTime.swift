import FoundationEssentials

/// Times in the document: ISO 8601 with a zone.
enum ConfigurationTime {
    static func date(_ text: String) -> Date? {
        let styles = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(timeZoneSeparator: .colon),
            Date.ISO8601FormatStyle(includingFractionalSeconds: true),
            Date.ISO8601FormatStyle(timeZoneSeparator: .colon, includingFractionalSeconds: true),
        ]
        guard let date = styles.lazy.compactMap({ try? $0.parse(text) }).first else { return nil }
        // Whole seconds, so that a document that was shown means the same when it is set again.
        let seconds = date.timeIntervalSince1970.rounded(.down)
        return years.contains(seconds) ? Date(timeIntervalSince1970: seconds) : nil
    }

    /// 2000 to 2100: neither partner has an order from before, and a slip of the finger must not start a sweep in the year 20.
    private static let years: Range<Double> = 946_684_800..<4_102_444_800

    static func text(_ date: Date) -> String { Date.ISO8601FormatStyle().format(date) }
}
