package import DSCO
package import Domain
package import FoundationEssentials
package import LingXing
package import PartnerAccess
import Pipeline
package import StageRunner

/// 2 → 3: acknowledges the order at DSCO once LingXing's staff have reviewed it (design 6, ack).
package struct AckStage: DSCOStage {
    private let lookup: LingXingLookup
    package let effects: DSCOEffects<Acknowledgement>
    private let lingXingSettling: TimeInterval

    /// - Parameters:
    ///   - timing: DSCO's.
    ///   - lingXingSettling: how late a created order may show up in LingXing's list, in seconds.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming, lingXingSettling: TimeInterval) {
        lookup = LingXingLookup(lingXing)
        self.lingXingSettling = lingXingSettling
        effects = DSCOEffects(dsco, timing)
    }

    package var stage: Stage { .ack }

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.ack.write }

    package func sweep(_ run: RunContext) async throws {
        let statuses = Set(run.configuration.ack.statuses + [LingXingOrder.Status.cancelled.rawValue])
        try await lookup.sweep(run, status: nil, settling: lingXingSettling) { statuses.contains($0.rawStatus) || $0.isDeleted }
    }

    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: SeenOrder.Look] {
        let listed = try await lookup.rows(orders, run.configuration)
        let fresh = try await FreshOrders.read(run.withUnreadableNews(orders), from: effects.client)
        return SeenOrder.each(orders, listed: listed, fresh: fresh)
    }

    package func decide(_ order: OrderInHand, _ look: SeenOrder.Look, _ run: RunContext) throws -> Decided<Acknowledgement> {
        let seen = try look.get()
        return AckDecision.decide(
            record: seen.record(of: order), listed: seen.listed, configuration: run.configuration, now: run.now(),
            settling: lingXingSettling)
    }
}
