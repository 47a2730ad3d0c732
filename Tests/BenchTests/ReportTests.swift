import Bench
import JSON
import Testing

@Suite("The report")
struct ReportTests {
    private let figures = [
        Figure(.flow, "orders a second", 812.4, "/s", goal: .atLeast(750), note: "5000 orders"),
        Figure(.flow, "bytes", 12345), Figure(.ticks, "p99", 31.27, "ms", goal: .below(20)),
    ]

    private let quiet = Circumstances(built: "release", processors: 2, load: 0.2)

    @Test("is a table with a verdict on every goal")
    func table() {
        #expect(
            figures.text(quiet) == """
                release executables, 2 processors, load 0.2 before

                  figure           measured  goal
                flow
                  orders a second    812 /s  >= 750  ok       5000 orders
                  bytes              12,345
                ticks
                  p99               31.3 ms  < 20    NOT MET

                1 of 2 goals NOT met.
                """)
    }

    @Test("says when all is well")
    func allMet() {
        #expect(Array(figures.prefix(2)).text(quiet).hasSuffix("All 1 goals met."))
        #expect(Array(figures.prefix(2)).areMet)
        #expect(!figures.areMet)
    }

    @Test("is JSON with the same figures")
    func json() throws {
        let json = try JSON.parse(Array(figures.json(quiet).text().utf8))
        #expect(json["built"]?.string == "release")
        #expect(json["met"]?.bool == false)
        let rows = try #require(json["figures"]?.array)
        #expect(rows.map { $0["name"]?.string } == ["orders a second", "bytes", "p99"])
        #expect(rows.map { $0["met"]?.bool } == [true, nil, false])
        #expect(rows[0]["goal"]?.string == ">= 750")
        #expect(rows[0]["value"] == .number(try #require(JSONNumber(text: "812.4"))))
    }

    @Test("has null for what could not be measured")
    func infinite() throws {
        let json = [Figure(.flow, "p99", .infinity, goal: .below(20))].json(quiet)
        #expect(json["figures"]?.array?.first?["value"] == .null)
    }

    @Test(
        "warns of figures that say little",
        arguments: [("release", 0.9, false), ("debug", 0.9, true), ("release", 1.1, true)])
    func warning(built: String, load: Double, warns: Bool) {
        let words = Circumstances(built: built, processors: 2, load: load).words
        #expect(words.contains(";") == warns)
    }

    @Test(
        "shows as many digits as say something",
        arguments: [(0.1234, "0.123"), (3, "3"), (45.678, "45.7"), (123.45, "123"), (1234.5, "1,235"), (1_234_567, "1,234,567")])
    func digits(value: Double, text: String) {
        #expect([Figure(.flow, "x", value)].text(quiet).contains(" \(text)\n"))
    }
}
