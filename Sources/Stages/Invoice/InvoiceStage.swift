package import DSCO
package import Domain
import FoundationEssentials
package import LingXing
package import PartnerAccess
import Pipeline
package import StageRunner

/// 4 → 5: bills what was shipped (design 6, invoice).
package struct InvoiceStage: DSCOStage {
    package struct Seen: Sendable {
        /// LingXing's rows and outbound orders, read only where the order's row lacks its fulfilment.
        var listed: [LingXingOrder]
        var outbound: [OutboundOrder]
    }

    private let lookup: LingXingLookup
    package let effects: DSCOEffects<Invoice>

    /// - Parameter timing: DSCO's.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming) {
        lookup = LingXingLookup(lingXing)
        effects = DSCOEffects(dsco, timing)
    }

    package var stage: Stage { .invoice }

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.invoice.write }

    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: Result<Seen, OrderTrouble>] {
        let lacking = orders.filter { $0.record.fulfilment == nil }
        let listed = try await lookup.rows(lacking, run.configuration)
        let outbound = try await lookup.outbound(lacking, run.configuration, now: run.now())
        return Dictionary(
            orders.map { order in
                let facts = Result<Seen, OrderTrouble> { () throws(OrderTrouble) in
                    Seen(listed: try listed[order.key]?.get() ?? [], outbound: try outbound[order.key]?.get() ?? [])
                }
                return (order.key, facts)
            }
        ) { first, _ in first }
    }

    package func decide(
        _ order: OrderInHand, _ facts: Result<Seen, OrderTrouble>, _ run: RunContext
    ) throws -> Decided<Invoice> {
        let facts = try facts.get()
        var record = order.record
        if record.fulfilment == nil {
            record.fulfilment =
                ShipDecision.fulfilment(
                    of: record, listed: facts.listed, outbound: facts.outbound, configuration: run.configuration, now: run.now())
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
