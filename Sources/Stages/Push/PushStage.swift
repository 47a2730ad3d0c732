import Algorithms
package import Domain
package import LingXing
package import PartnerAccess
import PartnerHTTP
import Pipeline
package import StageRunner

/// 1 → 2: creates the order in LingXing, or adopts it where it exists (design 6, push).
package struct PushStage: OrderStage {
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

    package func mayWrite(_ configuration: RuntimeConfiguration) -> Bool { configuration.push.write }

    package func capacity(_ configuration: RuntimeConfiguration) -> SendCapacity {
        SendCapacity(effectsPerCall: configuration.push.createBatch, callsAtOnce: configuration.push.parallelCalls)
    }

    /// A create call is for one store (LingXing contract 8.1).
    package func callGroup(_ identity: OutgoingIdentity) -> String { identity.storeID }

    /// An order of which DSCO has shown something newer that could not be read is not sent: it may be cancelled. Push cannot ask DSCO.
    package func gather(_ orders: [OrderInHand], _ run: RunContext) async throws -> [OrderKey: LingXingLookup.Listed] {
        var listed = try await lookup.rows(orders, run.configuration)
        for order in try await run.withUnreadableNews(orders) { listed[order.key] = .failure(.unreadableNews) }
        return listed
    }

    package func decide(
        _ order: OrderInHand, _ listed: LingXingLookup.Listed, _ run: RunContext
    ) throws -> Decided<NewLingXingOrder> {
        PushDecision.decide(record: order.record, listed: try listed.get(), configuration: run.configuration)
    }

    package func submit(
        _ rows: [OpenRow<NewLingXingOrder>], _ permit: SendPermit, _ run: RunContext,
        _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        let batches = Dictionary(grouping: rows, by: \.effect.storeID).values.flatMap {
            $0.chunks(ofCount: run.configuration.push.createBatch)
        }
        let client = client
        try await withThrowingTaskGroup(of: [Answer].self) { group in
            var waiting = batches[...]
            func start() {
                guard let batch = waiting.popFirst() else { return }
                group.addTask {
                    await sendHalving(Array(batch)) { rows throws(PartnerError) in try await client.create(rows, permit) }
                }
            }
            for _ in 0..<run.configuration.push.parallelCalls { start() }
            while let answers = try await group.next() {
                try await report(answers)
                start()
            }
        }
    }

    /// Creating answers at once: nothing is ever accepted.
    package func confirm(
        _ rows: [OpenRow<NewLingXingOrder>], until end: ContinuousClock.Instant, _ run: RunContext
    ) -> [Int64: Confirmation] { [:] }

    package func reconcile(_ rows: [OpenRow<NewLingXingOrder>], _ run: RunContext) async throws -> [Int64: Finding] {
        let listed = try await lookup.rows(rows.map(\.order), run.configuration)
        var findings: [Int64: Finding] = [:]
        for row in rows {
            // A row that cannot be read is not an absent one.
            guard case .success(let found) = listed[row.order.key] else { continue }
            let numbers = PushDecision.made(record: row.order.record, identity: row.identity, listed: found)
            findings[row.id] = numbers.isEmpty ? .absent : .present(Learned(lingXingOrderNumbers: numbers))
        }
        return findings
    }
}

extension LingXingClient {
    /// One create call; every order's own result is read (LingXing contract 8.1).
    fileprivate func create(_ rows: [OpenRow<NewLingXingOrder>], _ permit: SendPermit) async throws(PartnerError) -> [Answer] {
        guard let storeID = rows.first?.effect.storeID else { return [] }
        let results = try await createOrders(storeID: storeID, rows.map(\.effect), permit: permit.until)
        return zip(rows, results).map { row, result in
            switch result {
            case .created(let number): Answer(row.id, .confirmed(Learned(lingXingOrderNumbers: [number])))
            case .failed(let words): Answer(row.id, .refused(Failure(code: "create_refused", words: words)))
            case .unanswered:
                Answer(row.id, .unknown(Failure(code: "unanswered", words: "LingXing's answer does not name the order")))
            }
        }
    }
}
