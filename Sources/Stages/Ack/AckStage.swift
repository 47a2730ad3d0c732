package import DSCO
package import Domain
package import FoundationEssentials
package import LingXing
import PartnerAccess
import PartnerHTTP
import Pipeline
package import StageRunner

/// 2 → 3: acknowledges the order at DSCO once LingXing's staff have reviewed it (design 6, ack).
package struct AckStage: OrderStage {
    private let dsco: DSCOClient
    private let lookup: LingXingLookup
    private let effects: DSCOEffects<Acknowledgement>
    private let lingXingSettling: TimeInterval
    package let effectTiming: EffectTiming

    /// - Parameters:
    ///   - timing: DSCO's.
    ///   - lingXingSettling: how late a created order may show up in LingXing's list, in seconds.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming, lingXingSettling: TimeInterval) {
        self.dsco = dsco
        lookup = LingXingLookup(lingXing)
        effectTiming = timing
        self.lingXingSettling = lingXingSettling
        effects = DSCOEffects(
            dsco, log: .orders, batches: { AcknowledgementBody.batches($0) },
            send: { batch, deadline throws(PartnerError) in try await dsco.acknowledge(batch, deadline: deadline) },
            logKeys: { key in
                if case .acknowledgement(let id, let type) = key { ["\(type) \(id)"] } else { [] }
            },
            rowKeys: { ["\($0.effect.type.rawValue) \($0.effect.id)"] })
    }

    package var stage: Stage { .ack }
    package var refusal: HoldReason { .refusedByDSCO }

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.ack.write }

    package func sweep(_ run: RunContext) async throws {
        let statuses = Set(run.configuration.ack.statuses + [LingXingOrder.Status.cancelled.rawValue])
        try await lookup.sweep(run, status: nil, settling: lingXingSettling) { statuses.contains($0.rawStatus) || $0.isDeleted }
    }

    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: [LingXingOrder]] {
        try await lookup.rows(orders, run.configuration)
    }

    package func decide(_ order: OrderInHand, _ listed: [LingXingOrder], _ run: RunContext) -> Decided<Acknowledgement> {
        AckDecision.decide(
            record: order.record, listed: listed, configuration: run.configuration, now: run.now(), settling: lingXingSettling)
    }

    package func submit(
        _ rows: [OpenRow<Acknowledgement>], _ permit: SendPermit, _ run: RunContext,
        _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        try await effects.submit(rows, permit, report)
    }

    package func confirm(_ rows: [OpenRow<Acknowledgement>], _ run: RunContext) async throws -> [Int64: Confirmation] {
        try await effects.confirm(rows)
    }

    /// An order that DSCO counts as acknowledged or completed has its acknowledgement, whoever gave it.
    package func reconcile(_ rows: [OpenRow<Acknowledgement>], _ run: RunContext) async throws -> [Int64: Finding] {
        let dsco = dsco
        return try await effects.reconcile(rows) { row in
            guard let order = try await dsco.currentOrder(row.order.record) else { return nil }
            return switch order.lifecycle {
            case .acknowledged, .completed: .present(Learned())
            case .received, .created, nil: .absent
            }
        }
    }
}
