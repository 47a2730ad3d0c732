import CivilTime
import Testing

@Suite("A day of the calendar")
struct CivilDayTests {
    @Test(
        "is counted from 1970 in both directions",
        arguments: [
            (CivilDay(year: 1970, month: 1, day: 1), 0), (CivilDay(year: 1969, month: 12, day: 31), -1),
            (CivilDay(year: 2000, month: 2, day: 29), 11_016), (CivilDay(year: 2000, month: 3, day: 1), 11_017),
            (CivilDay(year: 2026, month: 11, day: 30), 20_787), (CivilDay(year: 1900, month: 3, day: 1), -25_508),
            (CivilDay(year: 0, month: 3, day: 1), -719_468), (CivilDay(year: -1, month: 12, day: 31), -719_529),
        ])
    func number(_ day: CivilDay, _ number: Int) {
        #expect(day.number == number)
        #expect(CivilDay(number: number) == day)
        #expect(day.exists)
    }

    @Test("knows its weekday", arguments: [(0, 4), (-1, 3), (20_787, 1), (-719_468, 3)])
    func weekday(_ number: Int, _ weekday: Int) {
        #expect(CivilDay(number: number).weekday == weekday)
    }

    @Test("follows the day before without a gap, for eight centuries")
    func everyDay() {
        var last = CivilDay(number: -150_001)
        for number in -150_000..<150_000 {
            let day = CivilDay(number: number)
            #expect(day.number == number)
            let isNext = day.day == last.day + 1 && day.month == last.month
            let isFirst =
                day.day == 1 && (day.month == last.month + 1 || day.month == 1 && last.month == 12 && day.year == last.year + 1)
            #expect(isNext || isFirst && last.day >= 28)
            #expect(day.weekday == (last.weekday + 1) % 7)
            last = day
        }
    }

    @Test(
        "is none that the calendar lacks",
        arguments: [
            CivilDay(year: 2025, month: 2, day: 29), CivilDay(year: 1900, month: 2, day: 29),
            CivilDay(year: 2026, month: 4, day: 31),
            CivilDay(year: 2026, month: 0, day: 1), CivilDay(year: 2026, month: 13, day: 1),
            CivilDay(year: 2026, month: 1, day: 0),
            CivilDay(year: 2026, month: 1, day: 32),
        ])
    func none(_ day: CivilDay) {
        #expect(!day.exists)
    }
}
