package import Domain

/// What pull sees of an order that is stored already, under its row lock.
package struct KnownOrder: Sendable, Hashable {
    package var key: OrderKey
    package var status: OrderStatus
    package var hold: Hold?
    /// Holds that a person released: not raised again until their facts change.
    package var acceptedHolds: Set<Hold>
    /// Whether effects on the order are under way.
    package var hasOpenSubmissions: Bool
    /// Fixed by the first intent.
    package var identity: OutgoingIdentity?

    package init(
        key: OrderKey, status: OrderStatus, hold: Hold? = nil, acceptedHolds: Set<Hold> = [], hasOpenSubmissions: Bool = false,
        identity: OutgoingIdentity? = nil
    ) {
        self.key = key
        self.status = status
        self.hold = hold
        self.acceptedHolds = acceptedHolds
        self.hasOpenSubmissions = hasOpenSubmissions
        self.identity = identity
    }
}

/// What is to become of an order that DSCO listed (design 6, pull).
package enum PullAction: Sendable, Hashable {
    /// A new order enters the belt.
    case insert(OrderStatus, hold: Hold? = nil, wait: WaitReason? = nil)
    /// A known order: its payload is refreshed, its status never moves back.
    case refresh
    /// As `refresh`, and a person is needed.
    case hold(Hold)
    /// As `refresh`, and DSCO cancelled it before it was pushed.
    case cancel
    /// Nobody can tell what it is.
    case quarantine(reason: String)
}

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
