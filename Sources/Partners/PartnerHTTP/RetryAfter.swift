package import FoundationEssentials

/// The `Retry-After` header: seconds, or an HTTP date (RFC 9110, 10.2.3).
package enum RetryAfter {
    /// The longest pause taken from a header; a partner's wrong clock must not silence us for a day.
    package static let limit: Duration = .seconds(limitSeconds)
    private static let limitSeconds: Double = 7200

    package static func parse(_ value: String, now: Date) -> Duration? {
        let text = String(value.split(separator: " ").joined(separator: " "))
        if let seconds = Double(text), seconds.isFinite {
            // Cut first: a Duration cannot hold every Double.
            return seconds < 0 ? nil : .seconds(min(seconds, limitSeconds))
        }
        guard let date = httpDate(text) else { return nil }
        return .seconds(min(max(0, date.timeIntervalSince(now)), limitSeconds))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the only form a sender may use today.
    private static func httpDate(_ text: String) -> Date? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])),
            let year = Int(parts[3]), (1...31).contains(day), (1...9999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, time.allSatisfy({ (0...60).contains($0) }) else { return nil }
        var components = DateComponents()
        (components.year, components.month, components.day) = (year, month + 1, day)
        (components.hour, components.minute, components.second) = (time[0], time[1], time[2])
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(from: components)
    }
}

extension PartnerResponse {
    /// What the answer's `Retry-After` asks for, if it has one.
    package func retryAfter(now: Date) -> Duration? {
        header("Retry-After").flatMap { RetryAfter.parse($0, now: now) }
    }
}
