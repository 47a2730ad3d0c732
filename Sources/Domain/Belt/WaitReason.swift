/// Why an order stands still although nobody needs to do anything: a partner is not ready yet. Not a failure.
package enum WaitReason: String, CaseIterable, Codable, Sendable, Hashable {
    /// DSCO has not released the order to the supplier yet (lifecycle `received`).
    case notReleased = "not_released"
    /// LingXing's staff have not reviewed the order yet.
    case notReviewed = "not_reviewed"
    /// Nothing has left the warehouse yet.
    case notShipped = "not_shipped"
    /// Some units have left the warehouse, others have not.
    case partlyShipped = "partly_shipped"
    /// An effect was sent; the partner's own record of it is awaited.
    case confirming
    /// The last attempt failed; the next one comes after a pause.
    case backingOff = "backing_off"
    /// The stage decides but must not send (`"write": false`).
    case writeOff = "write_off"
    /// The partner is down; its circuit is open.
    case circuitOpen = "circuit_open"
}
