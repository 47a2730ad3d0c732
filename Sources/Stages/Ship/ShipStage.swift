package import DSCO
package import Domain
package import FoundationEssentials
package import LingXing
import PartnerAccess
import PartnerHTTP
import Pipeline
package import StageRunner
import Store

/// 3 → 4: tells DSCO what left the warehouse, parcel by parcel (design 6, ship).
package struct ShipStage: OrderStage {
    package struct Facts: Sendable {
        var listed: [LingXingOrder]
        var outbound: [OutboundOrder]
        /// DSCO's order read just now, where the stored one may be too old to ship on.
        var fresh: Order?
    }

    /// A payload is fresh while its sweep is at most this far behind.
    static let freshness: TimeInterval = 600

    private let dsco: DSCOClient
    private let lookup: LingXingLookup
    private let effects: DSCOEffects<Shipment>
    private let lingXingSettling: TimeInterval
    package let effectTiming: EffectTiming

    /// - Parameters:
    ///   - timing: DSCO's.
    ///   - lingXingSettling: how late LingXing's changes may show up, in seconds.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming, lingXingSettling: TimeInterval) {
        self.dsco = dsco
        lookup = LingXingLookup(lingXing)
        effectTiming = timing
        self.lingXingSettling = lingXingSettling
        effects = DSCOEffects(
            dsco, log: .orders, batches: { ShipmentBody.batches($0) },
            send: { batch, deadline throws(PartnerError) in try await dsco.ship(batch, deadline: deadline) },
            logKeys: { key in
                guard case .shipments(let id, let number, let tracking) = key else { return [] }
                return tracking.flatMap { parcel in
                    [id.map { "id \($0) \(parcel)" }, number.map { "po \($0) \(parcel)" }].compactMap { $0 }
                }
            },
            rowKeys: { row in
                [
                    row.effect.dscoOrderID.map { "id \($0) \(row.effect.trackingNumber)" }
                        ?? "po \(row.effect.poNumber) \(row.effect.trackingNumber)"
                ]
            })
    }

    package var stage: Stage { .ship }
    package var refusal: HoldReason { .refusedByDSCO }

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.ship.write }

    package func sweep(_ run: RunContext) async throws {
        try await lookup.sweep(
            run, status: run.configuration.ship.requireShippedStatus ? .shipped : nil, settling: lingXingSettling
        ) { _ in true }
    }

    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: Facts] {
        let listed = try await lookup.rows(orders, run.configuration)
        // Outbound rows matter only where LingXing shows something shipped; the path takes one call at a time.
        var moved: Set<LingXingOrder.Status> = [.shipped, .platformFulfilled]
        if !run.configuration.ship.requireShippedStatus { moved.insert(.toShip) }
        let moving = orders.filter { order in (listed[order.key] ?? []).contains { $0.status.map(moved.contains) ?? false } }
        let outbound = try await lookup.outbound(moving, run.configuration, now: run.now())
        let fresh = try await freshOrders(moving, run)
        var facts: [OrderKey: Facts] = [:]
        for order in orders {
            facts[order.key] = Facts(
                listed: listed[order.key] ?? [], outbound: outbound[order.key] ?? [], fresh: fresh[order.key])
        }
        for order in moving where fresh.isHidden(order.key) { facts[order.key] = nil }
        return facts
    }

    package func decide(_ order: OrderInHand, _ facts: Facts, _ run: RunContext) -> Decided<Shipment> {
        var record = order.record
        if let fresh = facts.fresh { record.order = fresh }
        return ShipDecision.decide(
            record: record, listed: facts.listed, outbound: facts.outbound, configuration: run.configuration, now: run.now())
    }

    package func submit(
        _ rows: [OpenRow<Shipment>], _ permit: SendPermit, _ run: RunContext, _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        try await effects.submit(rows, permit, report)
    }

    package func confirm(_ rows: [OpenRow<Shipment>], _ run: RunContext) async throws -> [Int64: Confirmation] {
        try await effects.confirm(rows)
    }

    /// A tracking number among DSCO's packages is our shipment if the units are the same, line by line.
    package func reconcile(_ rows: [OpenRow<Shipment>], _ run: RunContext) async throws -> [Int64: Finding] {
        let dsco = dsco
        return try await effects.reconcile(rows) { row in
            guard let order = try await dsco.currentOrder(row.order.record) else { return nil }
            return switch order.shows(row.effect) {
            case .absent: .absent
            case .same: .present(Learned())
            case .different: .ambiguous("DSCO shows other goods under this tracking number than we meant")
            }
        }
    }

    /// DSCO's orders as they are now, where the stored ones are not fresh enough.
    private func freshOrders(_ orders: [OrderInHand], _ run: RunContext) async throws -> FreshOrders {
        guard !orders.isEmpty else { return try await FreshOrders.read([], from: dsco) }
        let areFresh = try await run.ledger.payloadsAreFresh(within: Self.freshness, now: run.now())
        return try await FreshOrders.read(areFresh ? run.withUnreadableNews(orders) : orders, from: dsco)
    }
}
