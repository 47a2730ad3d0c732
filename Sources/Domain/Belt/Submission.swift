/// The state of a ledger row (design 7).
package enum SubmissionState: String, CaseIterable, Codable, Sendable, Hashable {
    /// Written down, about to be sent; the permission to send.
    case intended
    /// The partner took it for processing; its own record is awaited.
    case accepted
    /// Sent or perhaps not: nobody knows yet.
    case unknown
    /// It happened.
    case confirmed
    /// It did not happen and will not by this row.
    case rejected
    /// No longer counts: a person or a newer figure took its place.
    case superseded

    /// An effect that may still happen or turn out to have happened.
    package var isOpen: Bool { self == .intended || self == .accepted || self == .unknown }
    /// A state that bars a second row of the same (stage, order, key).
    package var isLive: Bool { isOpen || self == .confirmed }
}
