package import DSCO
package import Domain
import FoundationEssentials
package import LingXing
package import PartnerAccess
import Pipeline
package import StageRunner

/// 4 → 5: bills what was shipped (design 6, invoice).
package struct InvoiceStage: DSCOStage {
    private let lookup: LingXingLookup
    package let effects: DSCOEffects<Invoice>

    /// - Parameter timing: DSCO's.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming) {
        lookup = LingXingLookup(lingXing)
        effects = DSCOEffects(dsco, timing)
    }

    package var stage: Stage { .invoice }

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.invoice.write }

    /// LingXing is read only where the order's row lacks its fulfilment, DSCO where it has shown something newer that could not be read.
    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: SeenOrder.Look] {
        let lacking = orders.filter { $0.record.fulfilment == nil }
        let listed = try await lookup.rows(lacking, run.configuration)
        let outbound = try await lookup.outbound(lacking, run.configuration, now: run.now())
        let fresh = try await FreshOrders.read(run.withUnreadableNews(orders), from: effects.client)
        return SeenOrder.each(orders, listed: listed, outbound: outbound, fresh: fresh)
    }

    package func decide(_ order: OrderInHand, _ look: SeenOrder.Look, _ run: RunContext) throws -> Decided<Invoice> {
        let seen = try look.get()
        var record = seen.record(of: order)
        if record.fulfilment == nil {
            record.fulfilment =
                ShipDecision.fulfilment(
                    of: record, listed: seen.listed, outbound: seen.outbound, configuration: run.configuration, now: run.now())
                ?? Fulfilment(shipments: [])
        }
        switch InvoiceDecision.decide(record: record, configuration: run.configuration, now: run.now()) {
        case .decided(var decided):
            // An empty one is not stored, so that LingXing is asked again.
            if order.record.fulfilment == nil, record.fulfilment?.shipments.isEmpty == false {
                decided.learned.fulfilment = record.fulfilment
            }
            return decided
        case .needsFulfilment:
            return Decided(.wait(.notShipped))
        }
    }
}
