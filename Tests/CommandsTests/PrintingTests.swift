import Foundation
import Testing

@testable import Commands

@Suite("Printing for people")
struct PrintingTests {
    @Test("columns line up, also where characters are two cells wide")
    func table() {
        var table = Table([("状态", .left), ("ORDERS", .right), ("", .left)])
        table.add(["已完成", "7", "a\nb"])
        table.add(["done", "1234567", ""])
        #expect(
            table.text == """
                状态     ORDERS
                已完成        7  a b
                done    1234567
                """)
    }

    @Test(
        "ages are in one unit",
        arguments: [(5.0, "5 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (200_000, "2 d"), (-3, "0 s")])
    func ages(_ seconds: Double, _ text: String) {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(now.addingTimeInterval(-seconds).age(at: now) == text)
    }

    @Test("times are in UTC and say so")
    func times() {
        #expect(Date(timeIntervalSince1970: 1_769_860_800).shown == "2026-01-31 12:00:00Z")
    }

    @Test(
        "the locale chooses the language",
        arguments: [
            ([:], Language.english), (["LANG": "zh_CN.UTF-8"], .chinese), (["LANG": "zh_CN.UTF-8", "LC_ALL": "C"], .english),
            (["LANG": "en_US.UTF-8", "LC_ALL": "zh_TW"], .chinese), (["LC_ALL": "", "LANG": "zh"], .chinese),
        ])
    func languages(_ environment: [String: String], _ language: Language) {
        #expect(Language(environment: environment) == language)
    }
}
