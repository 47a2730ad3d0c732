import Algorithms
package import Domain
package import LingXing
package import PartnerAccess
import PartnerHTTP
import Pipeline
package import StageRunner
package import Store

/// Push's second task: cancels in LingXing what DSCO cancelled, where it still may (design 6, push; LingXing contract 8.5).
package struct CancelStage: OrderStage {
    private let client: LingXingClient
    private let lookup: LingXingLookup
    package let effectTiming: EffectTiming

    package init(_ client: LingXingClient, timing: EffectTiming) {
        self.client = client
        lookup = LingXingLookup(client)
        effectTiming = timing
    }

    package var stage: Stage { .push }
    package var refusal: HoldReason { .refusedByLingXing }

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool {
        configuration.push.write && configuration.push.cancelInLingXing
    }

    /// The hold for DSCO's cancellation is what this task works on; every other order is its stage's.
    package func isStopped(_ order: ClaimedOrder, _ configuration: RuntimeConfiguration) -> Bool {
        !configuration.push.cancelInLingXing || !CancelDecision.concerns(order.hold, at: order.status)
    }

    package func gather(
        _ orders: [OrderInHand], _ run: RunContext
    ) async throws -> [OrderKey: LingXingLookup.Listed] {
        try await lookup.rows(orders, run.configuration)
    }

    package func decide(
        _ order: OrderInHand, _ listed: LingXingLookup.Listed, _ run: RunContext
    ) throws -> Decided<LingXingCancellation> {
        CancelDecision.decide(record: order.record, listed: try listed.get(), now: run.now(), settling: effectTiming.settling)
    }

    package func submit(
        _ rows: [OpenRow<LingXingCancellation>], _ permit: SendPermit, _ run: RunContext,
        _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        for batch in rows.chunks(ofCount: run.configuration.push.createBatch) {
            let client = client
            let answers = await sendHalving(Array(batch)) { rows throws(PartnerError) in try await client.cancel(rows, permit) }
            try await report(answers)
        }
    }

    /// Cancelling answers at once: nothing is ever accepted.
    package func confirm(
        _ rows: [OpenRow<LingXingCancellation>], until end: ContinuousClock.Instant, _ run: RunContext
    ) -> [Int64: Confirmation] { [:] }

    /// It happened when LingXing shows every order of it closed; one that LingXing does not show says nothing.
    package func reconcile(_ rows: [OpenRow<LingXingCancellation>], _ run: RunContext) async throws -> [Int64: Finding] {
        let listed = try await lookup.rows(rows.map(\.order), run.configuration)
        var findings: [Int64: Finding] = [:]
        for row in rows {
            guard case .success(let found) = listed[row.order.key] else { continue }
            let shown = found.filter { row.effect.orders.contains($0.globalOrderNo) }
            if shown.contains(where: { !$0.isClosed }) {
                findings[row.id] = .absent
            } else if Set(shown.map(\.globalOrderNo)).count == row.effect.orders.count {
                findings[row.id] = .present(Learned())
            }
        }
        return findings
    }
}

extension LingXingClient {
    private static let comment = "Cancelled at DSCO / DSCO 已取消"

    /// Stops the outbound orders first, then marks the orders as not to be shipped. An order counts when LingXing did so to each of its rows.
    fileprivate func cancel(
        _ rows: [OpenRow<LingXingCancellation>], _ permit: SendPermit
    ) async throws(PartnerError) -> [Answer] {
        let intercepts = rows.flatMap(\.effect.intercepts)
        let stopped = Dictionary(
            zip(intercepts, try await cancelOutbound(intercepts, comment: Self.comment, permit: permit.until))
        ) { first, _ in first }
        let orders = rows.flatMap(\.effect.orders).filter { stopped[$0].map { $0 == .accepted } ?? true }
        let done: [String: OrderCancellation]
        do throws(PartnerError) {
            done = Dictionary(zip(orders, try await cancelOrders(orders, permit: permit.until))) { first, _ in first }
        } catch {
            // What was stopped is no longer as it was: only a look tells what became of these.
            guard !intercepts.isEmpty else { throw error }
            return rows.map { Answer($0.id, $0.effect.intercepts.isEmpty ? Answer.Kind(error) : .unknown(Failure(error))) }
        }
        return rows.map { row in Answer(row.id, answer(row.effect, stopped: stopped, done: done)) }
    }

    private func answer(
        _ effect: LingXingCancellation, stopped: [String: OrderCancellation], done: [String: OrderCancellation]
    ) -> Answer.Kind {
        var refusal: String?
        for number in effect.orders {
            switch (stopped[number], done[number]) {
            case (_, .accepted): continue
            case (.accepted, _):
                // An overseas warehouse takes its time to stop an outbound order; until then the order cannot be cancelled.
                return .unknown(Failure(code: "being_stopped", words: "LingXing is stopping the outbound order"))
            case (.failed(let words), _), (_, .failed(let words)): refusal = refusal ?? words
            case (.unanswered, _), (nil, _):
                return .unknown(Failure(code: "unanswered", words: "LingXing's answer does not name the order"))
            }
        }
        return refusal.map { .refused(Failure(code: "cancel_refused", words: $0)) } ?? .confirmed(Learned())
    }
}
