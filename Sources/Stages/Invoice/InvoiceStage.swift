package import DSCO
package import Domain
import FoundationEssentials
package import LingXing
import PartnerAccess
import PartnerHTTP
import Pipeline
package import StageRunner

/// 4 → 5: bills what was shipped (design 6, invoice).
package struct InvoiceStage: OrderStage {
    package struct Facts: Sendable {
        /// LingXing's rows and outbound orders, read only where the order's row lacks its fulfilment.
        var listed: [LingXingOrder]
        var outbound: [OutboundOrder]
        /// DSCO's order read just now, where it has shown something newer than the stored one that could not be read.
        var fresh: Order?
    }

    private let dsco: DSCOClient
    private let lookup: LingXingLookup
    private let effects: DSCOEffects<Invoice>
    package let effectTiming: EffectTiming

    /// - Parameter timing: DSCO's.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming) {
        self.dsco = dsco
        lookup = LingXingLookup(lingXing)
        effectTiming = timing
        effects = DSCOEffects(
            dsco, log: .invoices, batches: { InvoiceBody.batches($0) },
            send: { batch, deadline throws(PartnerError) in try await dsco.invoice(batch, deadline: deadline) },
            logKeys: { key in
                if case .invoice(let id, _, let number) = key { ["\(id) \(number ?? "")"] } else { [] }
            },
            rowKeys: { ["\($0.effect.invoiceID) \($0.effect.poNumber)"] })
    }

    package var stage: Stage { .invoice }
    package var refusal: HoldReason { .refusedByDSCO }

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.invoice.write }

    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: Facts] {
        let lacking = orders.filter { $0.record.fulfilment == nil }
        let listed = try await lookup.rows(lacking, run.configuration)
        let outbound = try await lookup.outbound(lacking, run.configuration, now: run.now())
        let fresh = try await FreshOrders.read(run.withUnreadableNews(orders), from: dsco)
        var facts: [OrderKey: Facts] = [:]
        for order in orders where !fresh.isHidden(order.key) {
            facts[order.key] = Facts(
                listed: listed[order.key] ?? [], outbound: outbound[order.key] ?? [], fresh: fresh[order.key])
        }
        return facts
    }

    package func decide(_ order: OrderInHand, _ facts: Facts, _ run: RunContext) -> Decided<Invoice> {
        var record = order.record
        if let fresh = facts.fresh { record.order = fresh }
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

    package func submit(
        _ rows: [OpenRow<Invoice>], _ permit: SendPermit, _ run: RunContext, _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        try await effects.submit(rows, permit, report)
    }

    package func confirm(_ rows: [OpenRow<Invoice>], _ run: RunContext) async throws -> [Int64: Confirmation] {
        try await effects.confirm(rows)
    }

    /// An invoice with our id on our order is ours if it bills the same sum.
    package func reconcile(_ rows: [OpenRow<Invoice>], _ run: RunContext) async throws -> [Int64: Finding] {
        let dsco = dsco
        return try await effects.reconcile(rows) { row in
            let invoices = try await dsco.invoices(id: row.effect.invoiceID).filter { invoice in
                if let shown = invoice.dscoOrderID, let ours = row.effect.dscoOrderID {
                    shown == ours
                } else {
                    invoice.poNumber == row.effect.poNumber
                }
            }
            guard let invoice = invoices.first else { return .absent }
            return invoice.totalAmount == row.effect.totalAmount
                ? .present(Learned())
                : .ambiguous("DSCO shows an invoice of this id over \(invoice.totalAmount), we meant \(row.effect.totalAmount)")
        }
    }
}
