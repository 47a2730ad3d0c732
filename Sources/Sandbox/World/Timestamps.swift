import FoundationEssentials

/// The partners' date formats.
enum Timestamps {
    /// LingXing's zone (LingXing contract 10).
    static let shanghaiOffset: Double = 8 * 3600

    /// DSCO's responses: `2026-01-28T01:15:40+00:00` (observed).
    static func dsco(_ date: Date) -> String {
        String(dsco: date, suffix: "+00:00")
    }

    /// DSCO's envelopes: `2026-01-28T01:20:05.000Z`.
    static func dscoEvent(_ date: Date) -> String {
        String(dsco: date, suffix: ".000Z")
    }

    /// LingXing's strings: `2024-11-12 16:26:40`, UTC+8.
    static func lingXing(_ date: Date) -> String {
        let parts = Parts(date.addingTimeInterval(shanghaiOffset))
        return "\(parts.day) \(parts.time)"
    }

    /// The start of a day `2024-11-12` in UTC+8.
    static func lingXingDay(_ text: String) -> Date? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let date = parse("\(text)T00:00:00Z")
        else { return nil }
        return date.addingTimeInterval(-shanghaiOffset)
    }

    /// ISO 8601 with a zone: `Z` or an offset, with or without a fraction of a second.
    static func parse(_ text: String) -> Date? {
        if let date = try? Date(text, strategy: .iso8601) { return date }
        return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    struct Parts {
        let day: String
        let time: String

        init(_ date: Date) {
            let seconds = Int(date.timeIntervalSince1970.rounded(.down))
            let days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
            let rest = seconds - days * 86400
            // Civil date from days, after Howard Hinnant's algorithm: no ICU, and fast for pages of a thousand orders.
            let shifted = days + 719_468
            let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
            let dayOfEra = shifted - era * 146_097
            let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let shiftedMonth = (5 * dayOfYear + 2) / 153
            let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
            let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
            day = "\(year)-\(Self.two(month))-\(Self.two(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))"
            time = "\(Self.two(rest / 3600)):\(Self.two(rest / 60 % 60)):\(Self.two(rest % 60))"
        }

        private static func two(_ value: Int) -> String {
            value < 10 ? "0\(value)" : "\(value)"
        }
    }
}

extension String {
    fileprivate init(dsco date: Date, suffix: String) {
        let parts = Timestamps.Parts(date)
        self = "\(parts.day)T\(parts.time)\(suffix)"
    }
}
