import Domain
import FoundationEssentials

/// DSCO's dates (DSCO contract 1): sent as `YYYY-MM-DDTHH:MM:SSZ`, received with `+00:00` or `Z`, with or without fractions.
enum DSCODate {
    private static let plain = Date.ISO8601FormatStyle()
    private static let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func text(_ date: Date) -> String {
        date.formatted(.iso8601)
    }

    /// The instant, or nil for anything that is no ISO 8601 date-time with a zone, or is none of our time.
    static func parse(_ text: String) -> Date? {
        let hasFraction = text.utf8.contains(UInt8(ascii: "."))
        guard let date = try? (hasFraction ? fractional : plain).parse(text) else { return nil }
        return date.isPlausible ? date : nil
    }
}
