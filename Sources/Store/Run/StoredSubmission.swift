package import Domain
package import FoundationEssentials

/// One row of the ledger (design 7).
package struct StoredSubmission: Sendable, Hashable, Identifiable {
    package var id: Int64
    package var stage: Stage
    package var key: String
    package var state: SubmissionState
    /// The effect as JSON, written by `LedgerCoding`.
    package var effect: String
    package var attempts: Int
    package var runID: UUID
    package var requestID: String?
    package var sentAt: Date?
    package var deadline: Date
    /// Looks at the partner, after deadline and settling time, that did not find the effect.
    package var absentLooks: Int
    package var absentAt: Date?
}
