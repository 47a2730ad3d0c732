import FoundationEssentials

extension Date {
    /// `2026-01-31 12:00:05Z`
    var shown: String { formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space)) }

    /// How long ago, in one unit: `8 s`, `5 min`, `3 h`, `2 d`.
    func age(at now: Date) -> String {
        let seconds = Int(max(0, now.timeIntervalSince(self)))
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}

extension Date? {
    var shown: String { self?.shown ?? "-" }
}
