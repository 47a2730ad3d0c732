package import FoundationEssentials

/// Up to when everything of a sweep is stored, and where the sweep is inside its current window (design 5, sweep_cursor).
package struct SweepCursor: Sendable, Hashable {
    /// Where a sweep stands inside a window that is not read to its end yet.
    package struct Window: Sendable, Hashable {
        package var end: Date
        /// DSCO forgets it 5 minutes after the last page.
        package var scrollID: String?
        package var pageAt: Date

        package init(end: Date, scrollID: String?, pageAt: Date) {
            self.end = end
            self.scrollID = scrollID
            self.pageAt = pageAt
        }
    }

    /// Pull's sweep over new orders, and the one over changes.
    package static let dscoCreated = "dsco created"
    package static let dscoUpdated = "dsco updated"

    /// Such as `created` and `updated` of pull, or the stage whose candidates it finds.
    package var name: String
    /// `nil` for a sweep that is not kept per partition.
    package var partition: Int?
    package var doneUntil: Date
    package var window: Window?

    package init(name: String, partition: Int? = nil, doneUntil: Date, window: Window? = nil) {
        self.name = name
        self.partition = partition
        self.doneUntil = doneUntil
        self.window = window
    }
}
