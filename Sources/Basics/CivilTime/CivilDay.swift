/// A day of the proleptic Gregorian calendar.
package struct CivilDay: Sendable, Hashable {
    /// Year 0 is the one before year 1.
    package var year: Int
    /// From 1, as `day`.
    package var month: Int
    package var day: Int

    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that is so many after 1970-01-01, or before it.
    package init(number: Int) {
        // Years start in March here, so that a leap day comes last.
        let shifted = number + 719468
        let era = shifted.quotientRoundingDown(by: 146097)
        let dayOfEra = shifted - era * 146097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    package var number: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.quotientRoundingDown(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
    }

    /// From 0 for Sunday.
    package var weekday: Int {
        // 1970 began on a Thursday.
        let fromSunday = number + 4
        return fromSunday - fromSunday.quotientRoundingDown(by: 7) * 7
    }

    /// The days of the month in its longest year.
    package static func mostDays(inMonth month: Int) -> Int {
        switch month {
        case 2: 29
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Whether the calendar has such a day.
    package var exists: Bool { (1...12).contains(month) && (1...31).contains(day) && CivilDay(number: number) == self }
}
