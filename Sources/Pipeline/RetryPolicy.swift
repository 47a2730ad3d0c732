package import Domain
package import FoundationEssentials

/// When an order that failed is tried again, and when a person must look (design 6). Pure: time and jitter come in.
package struct RetryPolicy: Sendable, Hashable {
    /// The same refusal this often holds the order.
    package static let maximumSameRefusals = 3

    package var base: TimeInterval
    package var maximum: TimeInterval
    package var attempts: Int

    package init(_ retry: RuntimeConfiguration.Retry) {
        base = TimeInterval(retry.baseSeconds)
        maximum = TimeInterval(retry.maxSeconds)
        attempts = retry.attempts
    }

    /// The pause before try `attempt` + 1: base × 2^(attempt − 1), at most `maximum`, of which a random half is taken off.
    ///
    /// - Parameters:
    ///   - attempt: the failed tries so far, from 1.
    ///   - jitter: 0 ..< 1.
    package func pause(afterAttempt attempt: Int, jitter: Double) -> TimeInterval {
        let doublings = Double(min(max(attempt - 1, 0), 30))
        let full = min(maximum, base * exp2(doublings))
        return full * (1 - jitter / 2)
    }

    private func exp2(_ power: Double) -> Double {
        var result = 1.0
        for _ in 0..<Int(power) { result *= 2 }
        return result
    }

    /// The outcome of a failure that is about the order.
    ///
    /// - Parameters:
    ///   - refusedBy: set when a partner refused the order: the same refusal three times is a hold, whatever the attempts.
    ///   - lastCode: the code of the order's failure before this one.
    package func outcome(
        of failure: Failure, refusedBy: HoldReason?, attempts done: Int, sameRefusals: Int, lastCode: String?, now: Date,
        jitter: Double
    ) -> Outcome {
        let attempt = done + 1
        let same = refusedBy == nil ? 0 : (lastCode == failure.code ? sameRefusals + 1 : 1)
        if let refusedBy, same >= Self.maximumSameRefusals {
            return .hold(Hold(refusedBy, facts: failure.code), failure: failure)
        }
        if attempt >= attempts {
            return .hold(Hold(.retriesExhausted, facts: failure.code), failure: failure)
        }
        return .retry(
            failure, until: now.addingTimeInterval(pause(afterAttempt: attempt, jitter: jitter)), attempts: attempt,
            sameRefusals: same)
    }
}

/// The slow cycle on which waiting orders are looked up again by themselves: doubles per order up to a day (design 5, recheck_seconds).
package struct RecheckPolicy: Sendable, Hashable {
    package static let day: TimeInterval = 86_400

    package var base: TimeInterval

    package init(seconds: Int) { base = TimeInterval(seconds) }

    /// The number of looks in vain after another one that found nothing new. A look before its time came from somebody's change and does not
    /// count, so that an order about which much happens is not looked at ever more seldom.
    package func rechecks(after rechecks: Int, lookedUpAt: Date?, now: Date) -> Int {
        guard let lookedUpAt, now >= lookedUpAt.addingTimeInterval(pause(afterRechecks: rechecks)) else { return rechecks }
        return rechecks + 1
    }

    /// - Parameter rechecks: the looks in vain so far.
    package func pause(afterRechecks rechecks: Int) -> TimeInterval {
        var pause = base
        for _ in 0..<min(max(rechecks, 0), 20) where pause < Self.day { pause *= 2 }
        return min(pause, max(Self.day, base))
    }
}
