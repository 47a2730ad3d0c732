package import Domain
package import FoundationEssentials

/// A message that asks a stage to run (design 4). Only `id`, `stage` and `trigger` are required on the wire, beside the version.
package struct Tick: Sendable, Hashable {
    package enum Trigger: String, Sendable, Hashable, CaseIterable {
        case schedule, manual, replay
        /// Published by a worker when a run left work behind.
        case continuation = "continue"

        /// A person asked for it: it is never dropped, only done or put off.
        package var isByPerson: Bool { self == .manual || self == .replay }
    }

    package struct Window: Sendable, Hashable {
        package var since: Date
        package var until: Date

        package init(since: Date, until: Date) {
            self.since = since
            self.until = until
        }
    }

    /// The most orders that one message may name.
    package static let maximumOrders = 1000

    package var id: String
    package var stage: Stage
    package var trigger: Trigger
    package var shard: Shard
    /// poNumbers or DSCO order ids; empty means all that are due.
    package var orders: [String]
    /// For pull alone: both sweeps read exactly this window, cursors untouched.
    package var window: Window?
    package var requestedBy: String?
    package var issuedAt: Date?
    /// A scheduled tick found later than this is dropped, so an outage leaves no storm.
    package var expiresAt: Date?

    package init(
        id: String, stage: Stage, trigger: Trigger, shard: Shard = .whole, orders: [String] = [], window: Window? = nil,
        requestedBy: String? = nil, issuedAt: Date? = nil, expiresAt: Date? = nil
    ) {
        self.id = id
        self.stage = stage
        self.trigger = trigger
        self.shard = shard
        self.orders = orders
        self.window = window
        self.requestedBy = requestedBy
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    /// Only scheduled ticks go stale; replays never expire.
    package func isStale(at now: Date) -> Bool {
        guard trigger == .schedule, let expiresAt else { return false }
        return expiresAt <= now
    }
}
