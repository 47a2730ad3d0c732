import Domain
import FoundationEssentials
import PartnerHTTP
import Pipeline
import Store

/// How far one effect of the ledger has come in this run. Pure: answers and looks go in, the row's new state comes out.
struct RowProgress: Sendable {
    enum Result: Sendable {
        case open
        case confirmed
        /// The partner refused it.
        case refused(Failure)
        /// Proven not executed: no attempt of the order is counted.
        case notExecuted(PartnerError)
        /// Not sent for want of time: the order is due again at once.
        case notSent(Failure)
        /// Two looks did not find it: it may be sent again, if the decision still says so.
        case lacking
        /// A person must say.
        case ambiguous(String)
        /// The partner has cancelled the order, so nothing more comes of the effect.
        case orderCancelled
    }

    var row: StoredSubmission
    var result = Result.open
    var learned = Learned()
    var failure: Failure?
    /// Whether the partner's log was asked in this run, and said nothing of it.
    private var logIsSilent = false

    init(_ row: StoredSubmission) { self.row = row }

    var isLacking: Bool { if case .lacking = result { true } else { false } }
    var isAmbiguous: Bool { if case .ambiguous = result { true } else { false } }
    var isOrderCancelled: Bool { if case .orderCancelled = result { true } else { false } }
    var isConfirmed: Bool { if case .confirmed = result { true } else { false } }

    /// How the partner failed, where that says nothing about the order.
    var partnersFailure: PartnerError? { if case .notExecuted(let error) = result { error } else { nil } }

    /// What the partner refused it with; an effect that an order's cancellation overtook counts as refused.
    var refusal: Failure? {
        switch result {
        case .refused(let failure): failure
        case .orderCancelled: failure ?? Failure(code: "order_cancelled", words: "the partner has cancelled the order")
        default: nil
        }
    }

    mutating func take(_ answer: Answer.Kind, now: Date) {
        row.sentAt = now
        switch answer {
        case .accepted(let requestID):
            row.state = .accepted
            row.requestID = requestID
        case .confirmed(let learned):
            confirm(learned)
        case .refused(let failure):
            refuse(failure)
        case .notExecuted(let error):
            row.state = .rejected
            row.sentAt = nil
            failure = Failure(error)
            result = .notExecuted(error)
        case .notSent(let failure):
            row.state = .rejected
            row.sentAt = nil
            self.failure = failure
            result = .notSent(failure)
        case .unknown(let failure):
            row.state = .unknown
            self.failure = failure
        }
    }

    mutating func take(_ confirmation: Confirmation) {
        switch confirmation {
        case .confirmed: confirm(Learned())
        case .refused(let failure): refuse(failure)
        case .missing: row.state = .unknown
        case .pending: logIsSilent = true
        }
    }

    /// A look at the object of an effect that was in doubt (design 7.4).
    ///
    /// - Parameter finding: `nil` when the partner does not show the object; that is awaited as long as a log row is, then a person must say.
    mutating func take(_ finding: Finding?, settling: TimeInterval, now: Date) {
        switch finding {
        case nil:
            guard now >= row.deadline.addingTimeInterval(EffectTiming.logPatience(settling: settling)) else { return }
            row.state = .unknown
            result = .ambiguous("the partner does not show the order, so nobody can tell whether it happened")
        case .present(let learned):
            confirm(learned)
        case .ambiguous(let words):
            row.state = .unknown
            result = .ambiguous(words)
        case .absent:
            if isLackingForCertain(settling, now) { result = .lacking }
        case .refused(let failure):
            refuse(failure)
        case .orderCancelled(nil):
            guard isLackingForCertain(settling, now) else { return }
            row.state = .rejected
            result = .orderCancelled
        case .orderCancelled(let failure?):
            refuse(failure)
            result = .orderCancelled
        case .unseen:
            break
        }
    }

    /// Counts a look in vain; true with the second that came late enough.
    private mutating func isLackingForCertain(_ settling: TimeInterval, _ now: Date) -> Bool {
        if row.state == .accepted { row.state = .unknown }
        guard now >= row.deadline.addingTimeInterval(settling), isLater(now, settling) else { return false }
        row.absentLooks += 1
        row.absentAt = now
        return row.absentLooks >= 2
    }

    /// Two looks in one breath, as when a person asks twice, are one.
    private func isLater(_ now: Date, _ settling: TimeInterval) -> Bool {
        row.absentAt.map { now >= $0.addingTimeInterval(Self.betweenLooks(settling)) } ?? true
    }

    private static func betweenLooks(_ settling: TimeInterval) -> TimeInterval { min(max(settling / 4, 1), 30) }

    /// A look at the object after a refusal: it counts as done only when the object shows exactly our effect (design 7.3).
    mutating func verifyRefusal(_ finding: Finding?) {
        guard case .refused(let failure) = result else { return }
        switch finding {
        case .present(let learned):
            confirm(learned)
        case .orderCancelled:
            result = .orderCancelled
        case .absent, .ambiguous, .refused:
            break
        case nil, .unseen:
            // The object could not be read: nothing is known for sure.
            row.state = .unknown
            self.failure = failure
            result = .open
        }
    }

    private mutating func confirm(_ learned: Learned) {
        row.state = .confirmed
        self.learned = learned
        result = .confirmed
    }

    private mutating func refuse(_ failure: Failure) {
        row.state = .rejected
        self.failure = failure
        result = .refused(failure)
    }

    /// When the row should be looked at next.
    func nextLook(settling: TimeInterval, now: Date) -> Date {
        switch row.state {
        case .accepted:
            let soon = min(max(settling / 12, 1), 30)
            guard logIsSilent else { return now.addingTimeInterval(soon) }
            // The longer it has been silent, the less it matters to see its word at once.
            let silence = now.timeIntervalSince(row.sentAt ?? now)
            return now.addingTimeInterval(max(soon, min(silence / 4, settling)))
        default:
            if now < row.deadline { return row.deadline }
            if row.absentLooks == 0 { return max(row.deadline.addingTimeInterval(settling), now.addingTimeInterval(1)) }
            return now.addingTimeInterval(Self.betweenLooks(settling))
        }
    }

    /// How long an accepted effect waits for its log row before the object is read (design 7.3).
    func logIsOverdue(settling: TimeInterval, now: Date) -> Bool {
        row.state == .accepted
            && now >= (row.sentAt ?? row.deadline).addingTimeInterval(EffectTiming.logPatience(settling: settling))
    }

    /// What is recorded as soon as the answer is there: a refusal closes the row only after it was verified.
    var provisionalChange: SubmissionChange {
        var change = change
        if case .refused = result { change.state = .unknown }
        return change
    }

    var change: SubmissionChange {
        var change = SubmissionChange(row, state: row.state)
        change.code = failure?.code
        change.words = failure?.words
        return change
    }
}
