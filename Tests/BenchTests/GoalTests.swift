import Bench
import Testing

@Suite("A goal")
struct GoalTests {
    @Test(
        "is met at its limit, or only below it",
        arguments: [
            (Goal.atLeast(750), 749.9, false), (.atLeast(750), 750, true), (.atMost(120), 120, true),
            (.atMost(120), 120.1, false),
            (.below(1), 1, false), (.below(1), 0.99, true), (.below(1), Double.infinity, false), (.atLeast(1), .nan, false),
        ])
    func limits(goal: Goal, value: Double, isMet: Bool) {
        #expect(goal.isMet(by: value) == isMet)
    }

    @Test("names its limit", arguments: [(Goal.atLeast(750), ">= 750"), (.atMost(1.5), "<= 1.5"), (.below(0.3), "< 0.3")])
    func words(goal: Goal, words: String) {
        #expect(goal.words == words)
    }

    @Test("is met by what has none")
    func none() {
        #expect(Figure(.flow, "bytes", 1e9).isMet)
    }
}
