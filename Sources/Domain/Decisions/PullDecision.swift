import FoundationEssentials

/// What pull knows about an order that it stored before.
package struct KnownOrder: Sendable, Hashable {
    package var status: OrderStatus
    package var hold: Hold?
    package var wait: WaitReason?
    /// Effects under way: whatever changes is left as a mark, applied when they settle (design 7.1).
    package var hasOpenSubmissions: Bool
    /// The ledger says that LingXing has created it.
    package var isCreationConfirmed: Bool
    /// The payload stored before; `nil` when it cannot be read.
    package var order: Order?

    package init(
        status: OrderStatus, hold: Hold?, wait: WaitReason? = nil, hasOpenSubmissions: Bool, isCreationConfirmed: Bool = false,
        order: Order?
    ) {
        self.status = status
        self.hold = hold
        self.wait = wait
        self.hasOpenSubmissions = hasOpenSubmissions
        self.isCreationConfirmed = isCreationConfirmed
        self.order = order
    }
}

/// What pull does with an order that DSCO returned (design 6, pull).
package enum PullDecision: Sendable, Hashable {
    package enum Change: Sendable, Hashable {
        case none
        /// 1 → 6, with whatever hold the order had.
        case cancel
        /// Held in place, instead of any other hold.
        case hold(Hold)
        /// As a mark for the run that settles the open effects.
        case mark(Hold)
    }

    case insert(OrderStatus, hold: Hold?, wait: WaitReason?)
    /// The payload and the columns derived from it are stored; the status moves only as `change` says. `clearsHold`: the hold that the row
    /// has could be cured by the new payload. `wakes`: the order is made due now, since its stage may decide otherwise.
    case refresh(Change, clearsHold: Bool, wakes: Bool)
    /// The payload is older than the stored one, as overlapping sweeps and cached pages bring it: nothing is stored.
    case outdated
    /// Stored as received, for a person.
    case quarantine(reason: String)

    package static func decide(order: Order, known: KnownOrder?) -> PullDecision {
        guard let known else { return insert(order) }
        if let stored = known.order?.updated, let updated = order.updated, updated < stored { return .outdated }
        return refresh(order, known)
    }

    /// What a cancellation at DSCO does to an order. What LingXing has is never ended unseen.
    package static func cancellation(at status: OrderStatus, isCreationConfirmed: Bool) -> Change {
        switch status {
        case .pulled where !isCreationConfirmed: .cancel
        case .pulled, .pushed, .acknowledged, .shipped, .invoiced: .hold(Hold(.cancelledAtDSCO))
        case .cancelled: .none
        }
    }

    private static func insert(_ order: Order) -> PullDecision {
        let shipped = Hold(.partlyShippedElsewhere, facts: order.packages.map(\.trackingNumber).facts)
        switch (order.dscoStatus, order.lifecycle) {
        case (.cancelled, _): return .insert(.cancelled, hold: nil, wait: nil)
        case (.shipped, _):
            return order.hasUnitsLeftAtDSCO
                ? .insert(.pulled, hold: shipped, wait: nil) : .insert(.invoiced, hold: nil, wait: nil)
        case (_, .received): return .insert(.pulled, hold: nil, wait: .notReleased)
        case (.created, _), (.shipmentPending, _): return .insert(.pulled, hold: nil, wait: nil)
        case (nil, .created), (nil, .acknowledged):
            return .insert(.pulled, hold: order.packages.isEmpty ? nil : shipped, wait: nil)
        case (nil, .completed):
            return order.isCancelledAltogether
                ? .insert(.cancelled, hold: nil, wait: nil)
                : order.hasUnitsLeftAtDSCO ? .insert(.pulled, hold: shipped, wait: nil) : .insert(.invoiced, hold: nil, wait: nil)
        case (nil, nil): return .quarantine(reason: "neither dscoStatus nor dscoLifecycle can be read")
        }
    }

    /// What was changed about an order that LingXing has, or is just being given, must not go unseen: the parcel would go to the old address,
    /// or with units that nobody pays for. Once the goods have left, nobody can do anything about it, and the timeline is enough. A hold that
    /// only a person lifts has one look at the order already.
    private static func holdToCarryOver(_ order: Order, _ known: KnownOrder) -> Hold? {
        guard let old = known.order, order.dscoStatus != .cancelled else { return nil }
        switch known.status {
        case .pushed, .acknowledged: break
        case .pulled where known.hasOpenSubmissions || known.isCreationConfirmed: break
        case .pulled, .shipped, .invoiced, .cancelled: return nil
        }
        if let hold = known.hold, hold.isLasting, hold.reason != .changedUnderWay { return nil }
        let changes = order.changesToCarryOver(since: old)
        guard !changes.isEmpty else { return nil }
        let when = order.updated.map { ", changed at DSCO \($0.formatted(.iso8601))" } ?? ""
        return Hold(.changedUnderWay, facts: changes.joined(separator: "; ") + when)
    }

    private static func refresh(_ order: Order, _ known: KnownOrder) -> PullDecision {
        let isNewlyCancelled = order.isCancelledAtDSCO && known.order?.isCancelledAtDSCO != true
        var change = isNewlyCancelled ? cancellation(at: known.status, isCreationConfirmed: known.isCreationConfirmed) : .none
        if change == .none, let hold = holdToCarryOver(order, known) { change = .hold(hold) }
        if case .hold(let hold) = change, known.hold == hold { change = .none }
        if known.hasOpenSubmissions {
            switch change {
            case .none, .mark: break
            case .cancel: change = .mark(Hold(.cancelledAtDSCO))
            case .hold(let hold): change = .mark(hold)
            }
        }

        let curable = known.order.map { HoldReason.curable(by: order, after: $0) } ?? []
        let isFree = change == .none && !known.hasOpenSubmissions
        let clearsHold = isFree && (known.hold.map { curable.contains($0.reason) } ?? false)
        let isReleased = known.wait == .notReleased && order.lifecycle != .received
        let isCancelAsked = order.isCancelRequested && known.order?.isCancelRequested == false
        // DSCO's own books moved: the stage in which the order waits may now find it done, or be stopped.
        let moved =
            known.order.map { $0.lifecycle != order.lifecycle || $0.lines != order.lines || $0.packages != order.packages }
            ?? true
        let isHeld = known.hold != nil && !clearsHold
        let wakes = isFree && !isHeld && known.status < .invoiced && (clearsHold || isReleased || isCancelAsked || moved)
        return .refresh(change, clearsHold: clearsHold, wakes: wakes)
    }
}
