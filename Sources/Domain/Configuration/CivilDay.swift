/// A day of the Gregorian calendar in UTC, counted without a calendar library: cron needs only day, month and weekday.
struct CivilDay: Sendable, Hashable {
    let month: Int
    let day: Int
    /// 0 is Sunday.
    let weekday: Int

    /// Years are counted from 1 March in cycles of 400 years (146,097 days), so that the leap day ends the year.
    init(daysSinceEpoch: Int) {
        let shifted = daysSinceEpoch + 719_468
        let dayOfCycle = shifted - shifted.quotientRoundingDown(by: 146_097) * 146_097
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let fromThursday = daysSinceEpoch + 4
        weekday = fromThursday - fromThursday.quotientRoundingDown(by: 7) * 7
    }

    /// The days of the month in its longest year.
    static func mostDays(inMonth month: Int) -> Int {
        switch month {
        case 2: 29
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int {
    /// Division that rounds towards minus infinity, so that days before 1970 count right.
    func quotientRoundingDown(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
