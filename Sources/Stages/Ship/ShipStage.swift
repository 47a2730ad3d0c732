package import DSCO
package import Domain
package import FoundationEssentials
package import LingXing
package import PartnerAccess
import PartnerHTTP
import Pipeline
package import StageRunner
import Store

/// 3 → 4: tells DSCO what left the warehouse, parcel by parcel (design 6, ship).
package struct ShipStage: DSCOStage {
    package struct Seen: Sendable {
        var listed: [LingXingOrder]
        var outbound: [OutboundOrder]
        /// DSCO's order read just now, where the stored one may be too old to ship on.
        var fresh: Order?
    }

    /// A payload is fresh while its sweep is at most this far behind.
    static let freshness: TimeInterval = 600

    private let dsco: DSCOClient
    private let lookup: LingXingLookup
    package let effects: DSCOEffects<Shipment>
    private let lingXingSettling: TimeInterval

    /// - Parameters:
    ///   - timing: DSCO's.
    ///   - lingXingSettling: how late LingXing's changes may show up, in seconds.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming, lingXingSettling: TimeInterval) {
        self.dsco = dsco
        lookup = LingXingLookup(lingXing)
        self.lingXingSettling = lingXingSettling
        effects = DSCOEffects(dsco, timing)
    }

    package var stage: Stage { .ship }

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.ship.write }

    package func sweep(_ run: RunContext) async throws {
        try await lookup.sweep(
            run, status: run.configuration.ship.requireShippedStatus ? .shipped : nil, settling: lingXingSettling
        ) { _ in true }
    }

    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: Result<Seen, OrderTrouble>] {
        let listed = try await lookup.rows(orders, run.configuration)
        // Outbound rows matter only where LingXing shows something shipped; the path takes one call at a time.
        var moved: Set<LingXingOrder.Status> = [.shipped, .platformFulfilled]
        if !run.configuration.ship.requireShippedStatus { moved.insert(.toShip) }
        let moving = orders.filter { order in
            guard case .success(let rows) = listed[order.key] else { return false }
            return rows.contains { $0.status.map(moved.contains) ?? false }
        }
        let outbound = try await lookup.outbound(moving, run.configuration, now: run.now())
        let fresh = try await freshOrders(moving, run)
        var facts: [OrderKey: Result<Seen, OrderTrouble>] = [:]
        for order in orders {
            let own = Result { () throws(OrderTrouble) in
                Seen(
                    listed: try listed[order.key]?.get() ?? [], outbound: try outbound[order.key]?.get() ?? [],
                    fresh: try fresh[order.key]?.get())
            }
            // What DSCO did not answer at this moment is nothing against the order: it is left alone.
            if case .failure(let trouble) = own, trouble.failure.code == Self.notAnswered { continue }
            facts[order.key] = own
        }
        return facts
    }

    package func decide(
        _ order: OrderInHand, _ facts: Result<Seen, OrderTrouble>, _ run: RunContext
    ) throws -> Decided<Shipment> {
        let facts = try facts.get()
        var record = order.record
        if let fresh = facts.fresh { record.order = fresh }
        return ShipDecision.decide(
            record: record, listed: facts.listed, outbound: facts.outbound, configuration: run.configuration, now: run.now())
    }

    /// DSCO's orders as they are now; empty when the stored ones are fresh enough. An order that DSCO does not show readably is not
    /// shipped on an old payload: it may be cancelled.
    private func freshOrders(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: Result<Order, OrderTrouble>] {
        guard !orders.isEmpty, try await !run.ledger.payloadsAreFresh(within: Self.freshness, now: run.now()) else { return [:] }
        let dsco = dsco
        let looks = try await lookEach(orders) { order throws(PartnerError) in try await dsco.currentOrder(order.record) }
        var fresh: [OrderKey: Result<Order, OrderTrouble>] = [:]
        for (order, look) in zip(orders, looks) {
            fresh[order.key] =
                switch look {
                case .success(let shown?): .success(shown)
                case .success(nil):
                    .failure(OrderTrouble(code: "not_shown", words: "DSCO does not show the order now, or not readably"))
                case .failure(let error) where error.kind == .unavailable:
                    .failure(OrderTrouble(code: Self.notAnswered, words: "\(error)"))
                case .failure(let error): .failure(OrderTrouble(Failure(error)))
                }
        }
        return fresh
    }

    private static let notAnswered = "not_answered"
}
