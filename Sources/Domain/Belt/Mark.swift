/// What somebody wanted to do to an order while an effect on it was under way: kept on the row and applied, as if it came then, by the
/// run that settles the last open effect (design 7.1). Also a hold that stands beneath a stronger one, until that is released.
///
/// An order may have several; none takes another's place.
///
/// `cancelled_at_dsco` moves an order that is still at status 1 to 6; every other hold, and a later status, is held.
package struct Mark: Codable, Sendable, Hashable {
    package var hold: Hold
    /// The person, or `nil` for a finding of pull.
    package var by: String?

    package init(_ hold: Hold, by: String? = nil) {
        self.hold = hold
        self.by = by
    }
}
