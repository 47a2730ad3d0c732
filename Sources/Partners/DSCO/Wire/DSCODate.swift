import CivilTime
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
        (usual(text) ?? other(text))?.ifPlausible
    }

    /// As DSCO writes it. Foundation takes some ten times as long, and every order has half a dozen dates.
    private static func usual(_ text: String) -> Date? {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = DigitScanner(bytes)
            guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
                let day = scanner.digits(2), scanner.skip("T"), let hour = scanner.digits(2), hour < 24, scanner.skip(":"),
                let minute = scanner.digits(2), minute < 60, scanner.skip(":"), let second = scanner.digits(2), second < 60
            else { return nil }
            let microseconds = scanner.skip(".") ? scanner.fraction(places: 6) : 0
            let date = CivilDay(year: year, month: month, day: day)
            guard let microseconds, date.exists, scanner.skip("Z") || scanner.skip("+00:00"), scanner.isAtEnd else { return nil }
            let seconds = ((date.number * 24 + hour) * 60 + minute) * 60 + second
            // Counted from Date's own reference, as Foundation does: one instant in two spellings is one date.
            let whole = Double(seconds) - Date.timeIntervalBetween1970AndReferenceDate
            return Date(timeIntervalSinceReferenceDate: whole + Double(microseconds) / 1_000_000)
        }
    }

    /// Whatever else ISO 8601 allows.
    private static func other(_ text: String) -> Date? {
        let hasFraction = text.utf8.contains(UInt8(ascii: "."))
        return try? (hasFraction ? fractional : plain).parse(text)
    }
}
