import FoundationEssentials
import JSON

/// LingXing's two kinds of time: epoch seconds, and `Y-m-d H:i:s` without a zone (LingXing contract 10).
struct LingXingTime: Sendable {
    private let calendar: Calendar

    init(zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    /// Epoch seconds as int or string; 0, "" and null are no time.
    static func epoch(_ value: JSONView?) -> Date? {
        guard let seconds = value?.int64, seconds > 0 else { return nil }
        return Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    /// `2024-11-12 16:26:40` in the configured zone; "", `0000-00-00 00:00:00` and anything else are no time.
    func parse(_ value: JSONView?) -> Date? {
        guard let text = value?.string, text.utf8.count == 19 else { return nil }
        let fields = text.split(whereSeparator: { $0 == "-" || $0 == " " || $0 == ":" }).map { Int($0) }
        guard fields.count == 6, let year = fields[0], let month = fields[1], let day = fields[2], let hour = fields[3],
            let minute = fields[4], let second = fields[5], year > 0, (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        var components = DateComponents()
        (components.year, components.month, components.day) = (year, month, day)
        (components.hour, components.minute, components.second) = (hour, minute, second)
        return calendar.date(from: components)
    }

    /// The day `offset` days after the one that holds the instant, as `Y-m-d` in the configured zone.
    func day(of instant: Date, offset: Int = 0) -> String {
        let shifted = calendar.date(byAdding: .day, value: offset, to: instant) ?? instant
        let day = calendar.dateComponents([.year, .month, .day], from: shifted)
        let digits = { (value: Int?, width: Int) in
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(digits(day.year, 4))-\(digits(day.month, 2))-\(digits(day.day, 2))"
    }
}
