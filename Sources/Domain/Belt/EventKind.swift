/// What a line of an order's timeline tells.
package enum EventKind: String, Sendable, Hashable, CaseIterable {
    // From DSCO.
    case pulled
    case refreshed
    /// DSCO shows something newer of the order that cannot be read.
    case unreadable

    // Where the order stands.
    case advanced
    case waits
    case held
    /// To be held or cancelled as soon as the effect under way is settled.
    case marked
    case released
    case failed
    case cancelled
    case notCancelled = "not_cancelled"

    // What became of an effect.
    case confirmed
    case refused
    case notExecuted = "not_executed"
    case notSent = "not_sent"
    case unknown
    case inDoubt = "in_doubt"
    /// Two looks did not find it at the partner.
    case lacking
    /// Found at the partner, so nothing is sent.
    case adopted
    /// The stage may not write; this is what it would have sent.
    case wouldSend = "would_send"

    // What people did.
    case replayed
    case notAtStage = "not_at_stage"
    case statusSet = "status_set"
}
