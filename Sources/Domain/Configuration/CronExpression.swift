import CivilTime
package import FoundationEssentials

/// When a job fires: five fields (minute, hour, day of month, month, day of week) or six (seconds first), in UTC (design 5).
///
/// A field is `*`, a number, a range `a-b`, either with a step `/n`, or a list of these; `a/n` runs from `a` to the field's end. Days
/// of the week are 0…7, where 0 and 7 are Sunday. As in every cron, a day matches by day of month **or** day of week when both are
/// restricted, and by both when one of them begins with `*`.
package struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    /// The expression as it was written.
    package let description: String

    private let seconds: CronField
    private let minutes: CronField
    private let hours: CronField
    private let daysOfMonth: CronField
    private let months: CronField
    private let daysOfWeek: CronField

    package init(_ text: String) throws(CronError) {
        guard text.utf8.count <= 200 else { throw CronError(words: "is longer than 200 bytes") }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count == 5 || words.count == 6 else {
            throw CronError(words: "has \(words.count) fields instead of 5 or 6 (seconds first)")
        }
        description = text
        seconds = words.count == 6 ? try CronField(words[0], .second) : .zero
        let rest = words.suffix(5).map(String.init)
        minutes = try CronField(rest[0], .minute)
        hours = try CronField(rest[1], .hour)
        daysOfMonth = try CronField(rest[2], .dayOfMonth)
        months = try CronField(rest[3], .month)
        daysOfWeek = try CronField(rest[4], .dayOfWeek)
        guard comes else { throw CronError(words: "names a day that none of its months has") }
    }

    /// The first fire strictly after the moment; `nil` only beyond the calendar's reach.
    package func next(after moment: Date) -> Date? {
        let start = moment.timeIntervalSince1970.rounded(.down) + 1
        guard start.magnitude < 1e14 else { return nil }
        let second = Int(start)
        let firstDay = second.quotientRoundingDown(by: 86_400)
        let startOfDay = second - firstDay * 86_400
        // Nine years hold every date at least once, 29 February across a century's gap included.
        for day in firstDay...(firstDay + 9 * 366) where matches(CivilDay(number: day)) {
            guard let time = firstTime(from: day == firstDay ? startOfDay : 0) else { continue }
            return Date(timeIntervalSince1970: Double(day * 86_400 + time))
        }
        return nil
    }

    private func matches(_ day: CivilDay) -> Bool {
        guard months.contains(day.month) else { return false }
        let byMonth = daysOfMonth.contains(day.day)
        let byWeek = daysOfWeek.contains(day.weekday)
        return daysOfMonth.beginsWithStar || daysOfWeek.beginsWithStar ? byMonth && byWeek : byMonth || byWeek
    }

    /// The first second of a matching day at or after `start`.
    private func firstTime(from start: Int) -> Int? {
        var (hour, minute, second) = (start / 3600, start / 60 % 60, start % 60)
        while let matchingHour = hours.first(from: hour) {
            if matchingHour > hour { (minute, second) = (0, 0) }
            while let matchingMinute = minutes.first(from: minute) {
                if matchingMinute > minute { second = 0 }
                if let matchingSecond = seconds.first(from: second) {
                    return matchingHour * 3600 + matchingMinute * 60 + matchingSecond
                }
                (minute, second) = (matchingMinute + 1, 0)
            }
            (hour, minute, second) = (matchingHour + 1, 0, 0)
        }
        return nil
    }

    /// Whether any date fits: 30 February never comes.
    private var comes: Bool {
        let earliest = daysOfMonth.first(from: 1) ?? 1
        let byMonth = (1...12).contains { months.contains($0) && earliest <= CivilDay.mostDays(inMonth: $0) }
        return byMonth || !(daysOfMonth.beginsWithStar || daysOfWeek.beginsWithStar)
    }
}
