/// What a page did.
package struct PullCounts: Sendable, Hashable {
    package var new = 0
    package var refreshed = 0
    package var unchanged = 0
    package var held = 0
    package var cancelled = 0
    package var quarantined = 0

    package init() {}

    package static func + (left: PullCounts, right: PullCounts) -> PullCounts {
        var sum = left
        sum.new += right.new
        sum.refreshed += right.refreshed
        sum.unchanged += right.unchanged
        sum.held += right.held
        sum.cancelled += right.cancelled
        sum.quarantined += right.quarantined
        return sum
    }
}
