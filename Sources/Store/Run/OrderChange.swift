package import Domain
package import FoundationEssentials
package import Pipeline
import PostgreSQL

/// The new state of a ledger row.
package struct SubmissionChange: Sendable, Hashable {
    package var id: Int64
    package var state: SubmissionState
    package var requestID: String?
    package var code: String?
    /// The partner's words; no personal data.
    package var words: String?
    package var sentAt: Date?
    package var absentLooks: Int
    package var absentAt: Date?

    package init(_ row: StoredSubmission, state: SubmissionState) {
        id = row.id
        self.state = state
        requestID = row.requestID
        sentAt = row.sentAt
        absentLooks = row.absentLooks
        absentAt = row.absentAt
    }

    package init(id: Int64, state: SubmissionState) {
        self.id = id
        self.state = state
        absentLooks = 0
    }
}

extension Learned {
    /// What is known now, completed by what was known before.
    package func merged(over older: Learned) -> Learned {
        var merged = self
        merged.lingXingOrderNumbers = lingXingOrderNumbers ?? older.lingXingOrderNumbers
        merged.trackingNumbers = trackingNumbers ?? older.trackingNumbers
        merged.fulfilment = fulfilment ?? older.fulfilment
        merged.identity = identity ?? older.identity
        merged.invoiceID = invoiceID ?? older.invoiceID
        return merged
    }
}

/// A line for the order's timeline.
package struct TimelineEntry: Sendable, Hashable {
    package var kind: EventKind
    package var text: String

    package init(_ kind: EventKind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

/// What a run does to one order's row and ledger.
package struct OrderChange: Sendable {
    package var order: OrderKey
    /// The status that the run worked from; another one found at settling is `changed_under_way`.
    package var status: OrderStatus
    /// For an outcome that was decided from the row alone, without an effect: the row's version at the claim. The outcome is left out when
    /// the row has changed since, and the order is decided anew.
    package var version: Int64?
    package var submissions: [SubmissionChange]
    package var outcome: Outcome
    /// Stored on the row, whatever the outcome.
    package var learned: Learned
    /// Whether the run looked the order up at the partner by its number.
    package var lookedUp: Bool
    package var timeline: [TimelineEntry]
    /// When a held order is looked at next: for effects that stay open beside the one that holds it, and for a hold that a change in
    /// LingXing could cure.
    package var nextLook: Date?
    /// Shown as the order's last error without counting as one of its attempts.
    package var trouble: Failure?

    package init(
        order: OrderKey, status: OrderStatus, version: Int64? = nil, submissions: [SubmissionChange] = [], outcome: Outcome,
        learned: Learned = Learned(), lookedUp: Bool = false, timeline: [TimelineEntry] = []
    ) {
        self.order = order
        self.status = status
        self.version = version
        self.submissions = submissions
        self.outcome = outcome
        self.learned = learned
        self.lookedUp = lookedUp
        self.timeline = timeline
    }
}

extension OrderChange {
    /// The change without any text that came from outside, for a row of which the database refused one. An order whose number is another
    /// one's does not advance: what the partner shows under it is the other's.
    func bare(_ error: PostgresError) -> OrderChange {
        let failure = Failure(code: "not_stored", words: "the database refused a value of it: \(error)")
        var bare = self
        bare.learned = Learned()
        bare.trouble = nil
        bare.timeline = [TimelineEntry(.failed, "\(failure.code): \(failure.words)")]
        for index in bare.submissions.indices {
            bare.submissions[index].code = nil
            bare.submissions[index].words = nil
        }
        if error.isUniqueViolation, let identity = learned.identity {
            bare.outcome = .hold(Hold(.poNumberShared, facts: identity.number), failure: nil)
            return bare
        }
        switch outcome {
        case .advance, .wait: break
        case .retry(_, let until, let attempts, let sameRefusals):
            bare.outcome = .retry(failure, until: until, attempts: attempts, sameRefusals: sameRefusals)
        case .hold(let hold, let old): bare.outcome = .hold(Hold(hold.reason), failure: old == nil ? nil : failure)
        }
        return bare
    }
}
