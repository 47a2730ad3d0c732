import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL

/// The part of an order's row that settling may change, and the pure rules by which it does.
struct OrderRowState: Sendable, Hashable {
    var status: OrderStatus
    var statusSince: Date
    var version: Int64
    var hold: Hold?
    var holdSince: Date?
    var holdBy: String?
    var mark: Mark?
    var waitReason: WaitReason?
    var rechecks: Int
    var attempts: Int
    var sameRefusals: Int
    var lastErrorCode: String?
    var lastErrorText: String?
    var lastErrorAt: Date?
    /// `nil` for an order that only a person or a change brings back.
    var nextAttempt: Date?
    var lookedUpAt: Date?

    /// Applies a run's outcome, then the mark left meanwhile, as if it came now (design 7.1 and 7.5).
    ///
    /// - Parameters:
    ///   - from: the status the run worked from.
    ///   - hasOpenRows: whether effects of the order are still open after this change.
    /// - Returns: the lines for the timeline.
    mutating func apply(_ outcome: Outcome, from: OrderStatus, hasOpenRows: Bool, now: Date) -> [TimelineEntry] {
        var timeline: [TimelineEntry] = []
        if status == from {
            timeline += apply(outcome, now: now)
        } else if outcome == .advance {
            timeline += raise(Hold(.changedUnderWay, facts: "\(from.rawValue)→\(status.rawValue)"), by: nil, now: now)
        }
        if !hasOpenRows, let mark {
            self.mark = nil
            timeline += apply(mark, now: now)
        }
        if timeline.isEmpty == false { version += 1 }
        return timeline
    }

    private mutating func apply(_ outcome: Outcome, now: Date) -> [TimelineEntry] {
        switch outcome {
        case .advance:
            guard let next = status.next else { return [] }
            let old = status
            enter(next, now: now)
            return [TimelineEntry("advanced", "\(old.rawValue) → \(next.rawValue)")]
        case .wait(.confirming, let until, _):
            // The decision stands until the effect settles; so does a hold that came meanwhile.
            if hold == nil { waitReason = .confirming }
            nextAttempt = until
            return []
        case .wait(let reason, let until, let rechecks):
            let isNews = waitReason != reason || hold != nil
            liftHold()
            waitReason = reason
            self.rechecks = rechecks
            nextAttempt = until
            return isNews ? [TimelineEntry("waits", reason.rawValue)] : []
        case .retry(let failure, let until, let attempts, let sameRefusals):
            liftHold()
            note(failure, now: now)
            waitReason = .backingOff
            self.attempts = attempts
            self.sameRefusals = sameRefusals
            nextAttempt = until
            return [TimelineEntry("failed", "\(failure.code): \(failure.words)")]
        case .hold(let hold, let failure):
            if let failure {
                note(failure, now: now)
                attempts += 1
            }
            return raise(hold, by: nil, now: now)
        }
    }

    private mutating func apply(_ mark: Mark, now: Date) -> [TimelineEntry] {
        if mark.hold.reason == .cancelledAtDSCO, status == .pulled {
            enter(.cancelled, now: now)
            return [TimelineEntry("cancelled", "cancelled at DSCO")]
        }
        return raise(mark.hold, by: mark.by, now: now)
    }

    private mutating func enter(_ status: OrderStatus, now: Date) {
        self.status = status
        statusSince = now
        waitReason = nil
        rechecks = 0
        attempts = 0
        sameRefusals = 0
        lookedUpAt = nil
        // A hold that a person or pull set while an effect was under way stays; the stage's own holds end with the stage.
        if hold?.reason.isRaisedByDecision == true { liftHold() }
        nextAttempt = status.next == nil || hold != nil ? nil : now
    }

    private mutating func raise(_ hold: Hold, by: String?, now: Date) -> [TimelineEntry] {
        nextAttempt = nil
        waitReason = nil
        guard self.hold != hold else { return [] }
        self.hold = hold
        holdSince = now
        holdBy = by
        return [TimelineEntry("held", hold.reason.rawValue)]
    }

    private mutating func liftHold() {
        hold = nil
        holdSince = nil
        holdBy = nil
    }

    private mutating func note(_ failure: Failure, now: Date) {
        lastErrorCode = failure.code
        lastErrorText = failure.words
        lastErrorAt = now
    }
}

extension OrderRowState {
    init(_ row: PostgresRow) throws {
        status = try StoreDecoding.raw(row, "status")
        statusSince = try row.decode("status_since")
        version = try row.decode("version")
        hold = try StoreDecoding.hold(row)
        holdSince = try row.decode("hold_since")
        holdBy = try row.decode("hold_by")
        mark = try row.decode("mark", as: PostgresJSON?.self).map { try LedgerCoding.value($0.text, what: "a mark") }
        waitReason = try row.decode("wait_reason", as: String?.self).flatMap(WaitReason.init)
        rechecks = try row.decode("rechecks")
        attempts = try row.decode("attempts")
        sameRefusals = try row.decode("same_refusals")
        lastErrorCode = try row.decode("last_error_code")
        lastErrorText = try row.decode("last_error_text")
        lastErrorAt = try row.decode("last_error_at")
        nextAttempt = try row.decode("next_attempt")
        lookedUpAt = try row.decode("looked_up_at")
    }
}
