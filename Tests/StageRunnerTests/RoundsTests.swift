import Testing

@testable import StageRunner

@Suite("Rounds: what is sent together")
struct RoundsTests {
    /// A plan by its name: the group is its first letter, in doubt when it ends in "?".
    private func rounds(_ plans: [String], effectsPerCall: Int, callsAtOnce: Int) -> [[String]] {
        Rounds.plan(
            plans, SendCapacity(effectsPerCall: effectsPerCall, callsAtOnce: callsAtOnce), isDoubtful: { $0.hasSuffix("?") },
            group: { String($0.prefix(1)) }, effects: { $0.contains("+") ? 2 : 1 }
        ).map(\.plans)
    }

    @Test("As few calls as the groups allow, the longest waiting plan first")
    func groups() {
        #expect(
            rounds(["a1", "b1", "a2", "c1", "a3", "b2"], effectsPerCall: 2, callsAtOnce: 2)
                == [["a1", "a2", "b1", "b2"], ["c1", "a3"]])
        #expect(rounds(["a1", "b1", "a2", "b2"], effectsPerCall: 2, callsAtOnce: 1) == [["a1", "a2"], ["b1", "b2"]])
    }

    @Test("A plan goes whole, and one that is larger than a call stands alone")
    func whole() {
        #expect(rounds(["a1", "a2+", "a3"], effectsPerCall: 2, callsAtOnce: 1) == [["a1"], ["a2+"], ["a3"]])
        #expect(rounds(["a1+", "a2", "a3"], effectsPerCall: 1, callsAtOnce: 1) == [["a1+"], ["a2"], ["a3"]])
    }

    @Test("What is in doubt takes turns with the rest, each order by a call of its own")
    func doubt() {
        #expect(
            rounds(["a1", "a2?", "a3", "a4?", "a5?"], effectsPerCall: 2, callsAtOnce: 2)
                == [["a1", "a3"], ["a2?", "a4?"], ["a5?"]])
        #expect(rounds(["a1?"], effectsPerCall: 2, callsAtOnce: 1) == [["a1?"]])
        #expect(rounds([], effectsPerCall: 2, callsAtOnce: 1) == [])
    }
}
