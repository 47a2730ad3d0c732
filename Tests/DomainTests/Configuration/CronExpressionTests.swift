import FoundationEssentials
import Testing

@testable import Domain

@Suite("A cron expression")
struct CronExpressionTests {
    private func date(_ text: String) throws -> Date { try Date.ISO8601FormatStyle().parse(text) }

    @Test(
        "fires next, strictly after the moment, in UTC",
        arguments: [
            ("0 */5 * * * *", "2026-01-28T10:00:00Z", "2026-01-28T10:05:00Z"),
            ("0 */5 * * * *", "2026-01-28T10:04:59Z", "2026-01-28T10:05:00Z"),
            ("*/5 * * * *", "2026-01-28T10:57:01Z", "2026-01-28T11:00:00Z"),
            ("0 */30 * * * *", "2026-12-31T23:30:00Z", "2027-01-01T00:00:00Z"),
            ("*/10 * * * * *", "2026-01-28T10:00:51Z", "2026-01-28T10:01:00Z"),
            ("15,45 30 6 * * *", "2026-01-28T06:30:15Z", "2026-01-28T06:30:45Z"),
            ("15,45 30 6 * * *", "2026-01-28T06:30:45Z", "2026-01-29T06:30:15Z"),
            ("0 9-17/4 * * *", "2026-01-28T13:00:00Z", "2026-01-28T17:00:00Z"),
            ("0 20/2 * * *", "2026-01-28T20:30:00Z", "2026-01-28T22:00:00Z"),
            ("59 23 31 * *", "2026-04-01T00:00:00Z", "2026-05-31T23:59:00Z"),
            ("0 0 30 * *", "2026-01-30T00:00:00Z", "2026-03-30T00:00:00Z"),
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"),
            ("0 0 * * 0", "2026-01-28T00:00:00Z", "2026-02-01T00:00:00Z"),
            ("0 0 * * 7", "2026-01-28T00:00:00Z", "2026-02-01T00:00:00Z"),
            ("0 0 * * 5-7", "2026-01-28T00:00:00Z", "2026-01-30T00:00:00Z"),
            ("0 0 13 * 5", "2026-01-28T00:00:00Z", "2026-01-30T00:00:00Z"),
            ("0 0 13 * 5", "2026-02-07T00:00:00Z", "2026-02-13T00:00:00Z"),
            ("0 0 */2 * 1", "2026-01-28T00:00:00Z", "2026-02-09T00:00:00Z"),
            ("0 0 31 2 1", "2026-01-28T00:00:00Z", "2026-02-02T00:00:00Z"),
            ("0 12 1 1 *", "1969-06-01T00:00:00Z", "1970-01-01T12:00:00Z"),
            ("0 12 1 1 *", "1968-01-01T12:00:00Z", "1969-01-01T12:00:00Z"),
        ])
    func next(expression: String, moment: String, fire: String) throws {
        #expect(try CronExpression(expression).next(after: date(moment)) == date(fire))
    }

    @Test("counts a moment between two seconds as the earlier one")
    func fractions() throws {
        let moment = try date("2026-01-28T10:04:59Z").addingTimeInterval(0.75)
        #expect(try CronExpression("*/5 * * * *").next(after: moment) == date("2026-01-28T10:05:00Z"))
    }

    @Test("walks every day of four years with the right weekday")
    func everyMonday() throws {
        let mondays = try CronExpression("0 0 * * 1")
        var moment = try date("2024-01-01T00:00:00Z")
        for _ in 0..<210 {
            let next = try #require(mondays.next(after: moment))
            #expect(next.timeIntervalSince(moment) == 7 * 86_400)
            moment = next
        }
    }

    @Test(
        "says what is wrong with it",
        arguments: [
            ("", "has 0 fields"), ("* * * *", "has 4 fields"), ("* * * * * * *", "has 7 fields"), ("60 * * * *", "minute"),
            ("* 24 * * *", "hour"), ("* * 0 * *", "day of month"), ("* * * 13 *", "month"), ("* * * * 8", "day of week"),
            ("*/0 * * * *", "*/0"), ("5-1 * * * *", "backward"), ("1, * * * *", "''"), ("a * * * *", "'a'"),
            ("1-2-3 * * * *", "1-2-3"),
            ("-1 * * * *", "-1"), ("1/2/3 * * * *", "1/2/3"), ("*5 * * * *", "*5"), ("0 0 30 2 *", "none of its months"),
            ("0 0 31 4,6,9,11 *", "none of its months"), ("+5 * * * *", "+5"), ("61 0 0 1 1 *", "second"),
        ])
    func faults(expression: String, words: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(expression) }
        #expect(error?.words.contains(words) == true, "\(String(describing: error))")
    }
}
