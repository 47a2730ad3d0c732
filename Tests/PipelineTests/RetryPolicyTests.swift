import Domain
import Foundation
import Pipeline
import Testing

@Suite("An order that failed is tried again, later and later, until a person must look")
struct RetryPolicyTests {
    private let policy = RetryPolicy(RuntimeConfiguration.Retry())
    private let now = Date(timeIntervalSince1970: 1_767_268_800)

    @Test(
        "Pauses double from one minute to two hours",
        arguments: [
            (1, 60.0), (2, 120), (3, 240), (4, 480), (5, 960), (6, 1920), (7, 3840), (8, 7200), (12, 7200), (1000, 7200), (0, 60),
        ])
    func pauses(_ attempt: Int, _ seconds: Double) {
        #expect(policy.pause(afterAttempt: attempt, jitter: 0) == seconds)
        #expect(policy.pause(afterAttempt: attempt, jitter: 0.5) == seconds * 0.75)
        #expect(policy.pause(afterAttempt: attempt, jitter: 0.999_999) > seconds / 2)
    }

    private func outcome(
        _ code: String, refused: Bool = true, attempts: Int = 0, same: Int = 0, last: String? = nil, policy: RetryPolicy? = nil
    ) -> Outcome {
        (policy ?? self.policy).outcome(
            of: Failure(code: code, words: "w"), refusedBy: refused ? .refusedByDSCO : nil, attempts: attempts,
            sameRefusals: same,
            lastCode: last, now: now, jitter: 0)
    }

    private func retry(_ code: String, _ pause: TimeInterval, attempts: Int, same: Int) -> Outcome {
        .retry(Failure(code: code, words: "w"), until: now.addingTimeInterval(pause), attempts: attempts, sameRefusals: same)
    }

    @Test("The same refusal three times holds the order with the partner's reason")
    func sameRefusal() {
        #expect(outcome("a") == retry("a", 60, attempts: 1, same: 1))
        #expect(outcome("a", attempts: 1, same: 1, last: "a") == retry("a", 120, attempts: 2, same: 2))
        #expect(
            outcome("a", attempts: 2, same: 2, last: "a")
                == .hold(Hold(.refusedByDSCO, facts: "a"), failure: Failure(code: "a", words: "w")))
    }

    @Test("Another refusal begins to count anew")
    func anotherRefusal() {
        #expect(outcome("b", attempts: 2, same: 2, last: "a") == retry("b", 240, attempts: 3, same: 1))
    }

    @Test("A failure that is no refusal counts attempts only, and breaks a row of refusals")
    func failure() {
        #expect(outcome("a", refused: false, attempts: 2, same: 2, last: "a") == retry("a", 240, attempts: 3, same: 0))
    }

    @Test("The last attempt holds the order", arguments: [true, false])
    func exhausted(_ refused: Bool) {
        #expect(outcome("b", refused: refused, attempts: 10, last: "a") == retry("b", 7200, attempts: 11, same: refused ? 1 : 0))
        #expect(
            outcome("b", refused: refused, attempts: 11, last: "a")
                == .hold(Hold(.retriesExhausted, facts: "b"), failure: Failure(code: "b", words: "w")))
    }

    @Test("The configuration says how often and how long")
    func configured() {
        var retry = RuntimeConfiguration.Retry()
        (retry.baseSeconds, retry.maxSeconds, retry.attempts) = (5, 12, 2)
        let policy = RetryPolicy(retry)
        #expect([1, 2, 3].map { policy.pause(afterAttempt: $0, jitter: 0) } == [5, 10, 12])
        #expect(
            outcome("a", refused: false, attempts: 1, policy: policy)
                == .hold(Hold(.retriesExhausted, facts: "a"), failure: Failure(code: "a", words: "w")))
    }

    @Test(
        "The slow cycle doubles up to a day",
        arguments: [
            (3600, 0, 3600.0), (3600, 1, 7200), (3600, 4, 57_600), (3600, 5, 86_400), (3600, 1_000_000, 86_400), (60, 0, 60),
            (60, 3, 480),
            (3600, -1, 3600), (172_800, 3, 172_800),
        ])
    func slowCycle(_ base: Int, _ rechecks: Int, _ pause: Double) {
        #expect(RecheckPolicy(seconds: base).pause(afterRechecks: rechecks) == pause)
    }

    @Test(
        "A look in vain counts when its time had come, not when something forced it earlier",
        arguments: [(0, 3599.0, 0), (0, 3600, 1), (2, 14_399, 2), (2, 14_400, 3), (9, 86_400, 10)])
    func forced(_ rechecks: Int, _ waited: Double, _ expected: Int) {
        let now = Date(timeIntervalSince1970: 1_767_268_800)
        let policy = RecheckPolicy(seconds: 3600)
        #expect(policy.rechecks(after: rechecks, lookedUpAt: now.addingTimeInterval(-waited), now: now) == expected)
        #expect(policy.rechecks(after: rechecks, lookedUpAt: nil, now: now) == rechecks)
    }
}
