import Domain
import FoundationEssentials
import Pipeline

extension OrderRowState {
    /// Applies what a run came to that cancels in LingXing what DSCO cancelled. The order stays held until LingXing will not ship it any
    /// more; then it is where pull would have put it before push: at 6. An order that somebody let go on meanwhile is its stage's again.
    mutating func applyCancelling(_ outcome: Outcome, now: Date) -> [TimelineEntry] {
        guard CancelDecision.concerns(hold, at: status) else { return [] }
        switch outcome {
        case .advance:
            liftHold()
            enter(.cancelled, now: now)
            return [TimelineEntry(.cancelled, "cancelled in LingXing, as at DSCO")]
        case .wait(_, let until, let rechecks):
            self.rechecks = rechecks
            nextAttempt = until
            return []
        case .retry(let failure, let until, let attempts, let sameRefusals):
            note(failure, now: now)
            self.attempts = attempts
            self.sameRefusals = sameRefusals
            nextAttempt = until
            return [TimelineEntry(.failed, "\(failure.code): \(failure.words)")]
        case .hold(let found, let failure):
            nextAttempt = nil
            if failure != nil { attempts += 1 }
            let facts = found.facts.isEmpty ? nil : Failure(code: "not_cancelled", words: found.facts)
            guard let failure = failure ?? facts, failure != Failure(code: lastErrorCode ?? "", words: lastErrorText ?? "") else {
                return []
            }
            note(failure, now: now)
            return [TimelineEntry(.notCancelled, failure.words)]
        }
    }

    /// Whether the order is held as a run's outcome says, and by nothing else.
    func isHeld(by outcome: Outcome, scope: RunLedger.Scope) -> Bool {
        guard case .hold(let found, _) = outcome, marks.isEmpty else { return false }
        return scope == .cancelling ? CancelDecision.concerns(hold, at: status) : hold == found
    }
}
