import FoundationEssentials

/// DSCO's dates (DSCO contract 1): sent as `YYYY-MM-DDTHH:MM:SSZ`, received with `+00:00` or `Z`, with or without fractions.
enum DSCODate {
    static func text(_ date: Date) -> String {
        date.formatted(.iso8601)
    }

    /// The instant, or nil for anything that is no ISO 8601 date-time with a zone, of a year in which something was ordered or may be.
    static func parse(_ text: String) -> Date? {
        guard let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))) else {
            return nil
        }
        return years.contains(date.timeIntervalSince1970) ? date : nil
    }

    /// 1970 to 9999: outside, ISO 8601 is spelled in ways that the database and the partners do not read.
    private static let years: Range<Double> = 0..<253_402_300_800
}
