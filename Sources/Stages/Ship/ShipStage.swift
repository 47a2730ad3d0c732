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
    /// A payload is fresh while its sweep is at most this far behind.
    static let freshness: TimeInterval = 600

    private let lookup: LingXingLookup
    package let effects: DSCOEffects<Shipment>
    private let lingXingSettling: TimeInterval

    /// - Parameters:
    ///   - timing: DSCO's.
    ///   - lingXingSettling: how late LingXing's changes may show up, in seconds.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming, lingXingSettling: TimeInterval) {
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

    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: SeenOrder.Look] {
        let listed = try await lookup.rows(orders, run.configuration)
        // Outbound rows matter only where LingXing shows something shipped; the path takes one call at a time.
        var moved: Set<LingXingOrder.Status> = [.shipped, .platformFulfilled]
        if !run.configuration.ship.requireShippedStatus { moved.insert(.toShip) }
        let moving = orders.filter { order in
            guard case .success(let rows) = listed[order.key] else { return false }
            return rows.contains { $0.status.map(moved.contains) ?? false }
        }
        let outbound = try await lookup.outbound(moving, run.configuration, now: run.now())
        return SeenOrder.each(orders, listed: listed, outbound: outbound, fresh: try await freshOrders(moving, run))
    }

    package func decide(_ order: OrderInHand, _ look: SeenOrder.Look, _ run: RunContext) throws -> Decided<Shipment> {
        let seen = try look.get()
        return ShipDecision.decide(
            record: seen.record(of: order), listed: seen.listed, outbound: seen.outbound, configuration: run.configuration,
            now: run.now())
    }

    /// DSCO's orders as they are now, where the stored ones are not fresh enough.
    private func freshOrders(_ orders: [OrderInHand], _ run: RunContext) async throws -> FreshOrders {
        guard !orders.isEmpty else { return try await FreshOrders.read([], from: effects.client) }
        let areFresh = try await run.ledger.payloadsAreFresh(within: Self.freshness, now: run.now())
        return try await FreshOrders.read(areFresh ? run.withUnreadableNews(orders) : orders, from: effects.client)
    }
}
