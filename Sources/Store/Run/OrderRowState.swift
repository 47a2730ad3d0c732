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
    /// In the order in which they came; at most one a reason.
    var marks: [Mark]
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

    /// Applies a run's outcome, then the marks left meanwhile, as if they came now (design 7.1 and 7.5).
    ///
    /// - Parameters:
    ///   - from: the status the run worked from.
    ///   - scope: of the run's orders.
    ///   - hasOpenRows: whether effects of the order are still open after this change.
    ///   - isOutdated: whether the outcome was decided from the row alone and the row has changed since: it says nothing any more.
    ///   - wasOvertaken: whether a person closed effects of the run meanwhile, with another end than the run saw.
    /// - Returns: the lines for the timeline.
    mutating func apply(
        _ outcome: Outcome, from: OrderStatus, scope: RunLedger.Scope = .belt, hasOpenRows: Bool, isOutdated: Bool = false,
        wasOvertaken: Bool = false, now: Date
    ) -> [TimelineEntry] {
        var timeline: [TimelineEntry] = []
        if wasOvertaken || isElsewhere(from, scope) && outcome == .advance && !isOutdated {
            timeline += place(Hold(.changedUnderWay, facts: "\(from.rawValue)→\(status.rawValue)"), by: nil, now: now)
        } else if status == from, !isOutdated {
            timeline += scope == .cancelling ? applyCancelling(outcome, now: now) : apply(outcome, now: now)
        }
        if !hasOpenRows { timeline += applyMarks(now: now) }
        if timeline.isEmpty == false { version += 1 }
        return timeline
    }

    /// Whether somebody put the order at another status than the run worked from. One that is cancelled meanwhile is where cancelling
    /// would have put it.
    private func isElsewhere(_ from: OrderStatus, _ scope: RunLedger.Scope) -> Bool {
        status != from && !(scope == .cancelling && status == .cancelled)
    }

    private mutating func apply(_ outcome: Outcome, now: Date) -> [TimelineEntry] {
        switch outcome {
        case .advance:
            guard let next = status.next else { return [] }
            let old = status
            enter(next, now: now)
            return [TimelineEntry(.advanced, "\(old.rawValue) → \(next.rawValue)")]
        case .wait(.confirming, let until, _):
            // Open effects are looked after whatever the hold; one that a decision raised has ended with the decision to send.
            if !isStopped { liftHold() }
            if hold == nil { waitReason = .confirming }
            nextAttempt = until
            return []
        case .wait(let reason, let until, let rechecks):
            guard !isStopped else { return stay() }
            let isNews = waitReason != reason || hold != nil
            liftHold()
            waitReason = reason
            self.rechecks = rechecks
            nextAttempt = until
            return isNews ? [TimelineEntry(.waits, reason.rawValue)] : []
        case .retry(let failure, let until, let attempts, let sameRefusals):
            note(failure, now: now)
            self.attempts = attempts
            self.sameRefusals = sameRefusals
            if isStopped {
                _ = stay()
            } else {
                liftHold()
                waitReason = .backingOff
                rechecks = 0
                nextAttempt = until
            }
            return [TimelineEntry(.failed, "\(failure.code): \(failure.words)")]
        case .hold(let hold, let failure):
            if let failure {
                note(failure, now: now)
                attempts += 1
            }
            return isStopped ? stay() : place(hold, by: nil, now: now)
        }
    }

    private mutating func applyMarks(now: Date) -> [TimelineEntry] {
        let due = marks
        marks = []
        if status == .pulled, due.contains(where: { $0.hold.reason == .cancelledAtDSCO }) {
            liftHold()
            enter(.cancelled, now: now)
            return [TimelineEntry(.cancelled, "cancelled at DSCO")]
        }
        // Before push the next decision sees what changed; after the goods have left, the timeline says it.
        let isTold = status != .pushed && status != .acknowledged
        return due.filter { !($0.hold.reason == .changedUnderWay && $0.by == nil && isTold) }
            .flatMap { place($0.hold, by: $0.by, now: now) }
    }

    mutating func enter(_ status: OrderStatus, now: Date) {
        self.status = status
        statusSince = now
        resetBackoff()
        lookedUpAt = nil
        // A hold that a person or pull set stays; the stage's own end with the stage, and a doubt with the effect's confirmation.
        if !isStopped || hold?.reason == .inDoubt { liftHold() }
        nextAttempt = status.next == nil || hold != nil ? nil : now
    }

    mutating func resetBackoff() {
        waitReason = nil
        rechecks = 0
        attempts = 0
        sameRefusals = 0
    }

    private var isStopped: Bool { hold?.isLasting ?? false }

    /// The hold outlasts whatever the run found.
    private mutating func stay() -> [TimelineEntry] {
        waitReason = nil
        nextAttempt = nil
        return []
    }

    mutating func note(_ failure: Failure, now: Date) {
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
        marks = try row.decode("mark", as: PostgresJSON?.self).map { try StoreDecoding.marks($0.text) } ?? []
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
