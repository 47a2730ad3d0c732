package import Domain
package import FoundationEssentials
package import PartnerHTTP
package import Pipeline
package import Store

/// What differs between push, ack, ship and invoice. Everything that they share — claiming, intents, confirming, reconciling, settling —
/// is `OrderRun`'s.
package protocol OrderStage: Sendable {
    associatedtype Effect: PartnerEffect
    /// What the partners say about one order.
    associatedtype Facts: Sendable

    var stage: Stage { get }

    /// Time-outs and settling of the partner that receives the effects.
    var effectTiming: EffectTiming { get }

    /// How much can be sent at once: a run writes no more intents than it can send within their permission.
    func capacity(_ configuration: RuntimeConfiguration) -> SendCapacity

    /// What the orders of one call have in common; by default any may go with any other.
    func callGroup(_ identity: OutgoingIdentity) -> String

    /// The hold for an order whose effect the partner keeps refusing.
    var refusal: HoldReason { get }

    /// Whether nothing is to be decided for the order, because of a hold that the stage does not lift: only its open effects are looked
    /// after.
    func isStopped(_ order: ClaimedOrder, _ configuration: RuntimeConfiguration) -> Bool

    /// Makes the orders due that something happened to at a partner since the last run.
    func sweep(_ run: RunContext) async throws

    /// Looks the orders up at the partners, in batches. An order left out of the answer is left alone by the run.
    func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: Facts]

    /// Pure: what to do with one order.
    func decide(_ order: OrderInHand, _ facts: Facts, _ run: RunContext) throws -> Decided<Effect>

    /// Whether the stage may send at all (`"write": false`).
    func mayWrite(_ configuration: RuntimeConfiguration) -> Bool

    /// Sends the effects in batches as large as the contract allows and reports every answer as it comes. May run several times at once,
    /// for different rows.
    func submit(
        _ rows: [OpenRow<Effect>], _ permit: SendPermit, _ run: RunContext, _ report: @Sendable ([Answer]) async throws -> Void)
        async throws

    /// Asks the partner's change log about accepted effects, the oldest first. A row left out of the answer was not reached before `end`.
    func confirm(
        _ rows: [OpenRow<Effect>], until end: ContinuousClock.Instant, _ run: RunContext
    ) async throws -> [Int64: Confirmation]

    /// Looks at the objects themselves for effects in doubt or refused. A row left out of the answer could not be looked at.
    func reconcile(_ rows: [OpenRow<Effect>], _ run: RunContext) async throws -> [Int64: Finding]
}

extension OrderStage {
    package func isStopped(_ order: ClaimedOrder, _ configuration: RuntimeConfiguration) -> Bool { order.isStopped }

    package func sweep(_ run: RunContext) async throws {}

    package func callGroup(_ identity: OutgoingIdentity) -> String { "" }

    package func capacity(_ configuration: RuntimeConfiguration) -> SendCapacity {
        SendCapacity(effectsPerCall: 200, callsAtOnce: 1)
    }
}

/// What one round of sending holds.
package struct SendCapacity: Sendable, Hashable {
    package var effectsPerCall: Int
    package var callsAtOnce: Int

    package init(effectsPerCall: Int, callsAtOnce: Int) {
        self.effectsPerCall = max(1, effectsPerCall)
        self.callsAtOnce = max(1, callsAtOnce)
    }
}

/// How long calls and their consequences may take at a partner (design 3 and 7).
package struct EffectTiming: Sendable, Hashable {
    /// Total deadline of one call.
    package var timeout: TimeInterval
    /// How late an effect may show up.
    package var settling: TimeInterval

    package init(timeout: TimeInterval, settling: TimeInterval) {
        self.timeout = timeout
        self.settling = settling
    }

    /// How long an intent permits sending (design 7.1).
    package var permission: TimeInterval { 2 * timeout }

    /// How long an accepted effect waits for the partner's log, or for its object to be shown, before something else is tried (design 7.3).
    package var logPatience: TimeInterval { Self.logPatience(settling: settling) }

    static func logPatience(settling: TimeInterval) -> TimeInterval { 12 * settling }
}

/// The permission to send that a committed intent gives, on the sender's own clock (design 7.2).
package struct SendPermit: Sendable, Hashable {
    package var until: ContinuousClock.Instant

    package init(until: ContinuousClock.Instant) { self.until = until }
}

/// A claimed order with its payload decoded. A class, because its hundred values stand in every plan and row of a run, and each copy of a
/// struct would count the references of all of them.
package final class OrderInHand: Sendable {
    package let claimed: ClaimedOrder
    package let record: OrderRecord

    package init(claimed: ClaimedOrder, record: OrderRecord) {
        self.claimed = claimed
        self.record = record
    }

    package var key: OrderKey { claimed.key }
}

/// An effect of the ledger that is open, with the order it belongs to. A class, as `OrderInHand` is.
package final class OpenRow<Effect: PartnerEffect>: Sendable, Identifiable {
    package let row: StoredSubmission
    package let order: OrderInHand
    /// The identity fixed by the intent.
    package let identity: OutgoingIdentity
    package let effect: Effect

    init(row: StoredSubmission, order: OrderInHand, identity: OutgoingIdentity, effect: Effect) {
        self.row = row
        self.order = order
        self.identity = identity
        self.effect = effect
    }

    package var id: Int64 { row.id }
}

/// What a partner answered to sending one effect.
package struct Answer: Sendable {
    package enum Kind: Sendable {
        /// Taken for processing; its change log will tell.
        case accepted(requestID: String)
        /// It happened.
        case confirmed(Learned)
        case refused(Failure)
        /// Proven not executed, for a reason that concerns the partner and not the order.
        case notExecuted(PartnerError)
        /// We did not get to send it: its permission ran out, or the process is stopping. Says nothing about the partner.
        case notSent(Failure)
        /// It may have happened.
        case unknown(Failure)
    }

    package var id: Int64
    package var kind: Kind

    package init(_ id: Int64, _ kind: Kind) {
        self.id = id
        self.kind = kind
    }
}

/// What a change log says about an accepted effect.
package enum Confirmation: Sendable, Hashable {
    case confirmed
    case refused(Failure)
    /// The log is complete and lacks the effect: read the object.
    case missing
    /// The log says nothing of it yet.
    case pending
}

/// What a look at the object itself says about an effect.
package enum Finding: Sendable, Hashable {
    /// The object shows exactly this effect.
    case present(Learned)
    case absent
    /// Something like it is there that is not exactly ours: a person must say.
    case ambiguous(String)
    /// The partner's own record says that it refused the effect.
    case refused(Failure)
    /// The partner has cancelled the order and does not show the effect; with its own word on the effect where it refused it.
    case orderCancelled(Failure?)
    /// The look failed, or was too early to tell: nothing follows from it.
    case unseen
}
