package import Domain
import FoundationEssentials
import Logging
package import Pipeline
import PostgreSQL
import Store

/// One run of an order stage: claim → resolve what earlier runs left open → gather → decide → intend → submit → confirm → settle (design 6, 7).
package struct OrderRun<S: OrderStage>: Sendable {
    package let stage: S
    package let context: RunContext
    let decode: @Sendable (String) throws -> Order

    /// - Parameter decode: reads a stored payload.
    package init(_ stage: S, _ context: RunContext, decode: @escaping @Sendable (String) throws -> Order) {
        self.stage = stage
        self.context = context
        self.decode = decode
    }

    var ledger: RunLedger { context.ledger }
    var settling: TimeInterval { stage.effectTiming.settling }
    var retryPolicy: RetryPolicy { RetryPolicy(context.configuration.retry) }

    package func execute() async throws -> (result: RunResult, counts: [String: Int]) {
        try await stage.sweep(context)
        let limit = context.configuration.job(stage.stage).size
        let claimed = try await ledger.claim(limit: limit, now: context.now())
        var tally = Tally()
        guard !claimed.isEmpty else { return (RunResult(end: .done), tally.counts) }

        let orders = try await readable(claimed, &tally)
        let open = orders.filter { !$0.claimed.open(stage.stage).isEmpty }
        let again = try await resolve(open, &tally)
        let free = orders.filter { $0.claimed.open(stage.stage).isEmpty }
        try await work(free.map { Work(order: $0) } + again, &tally)

        let workLeft = claimed.count >= limit ? try await ledger.hasDueOrders(now: context.now()) : false
        return (RunResult(end: tally.partnerFailed ? .failed : .done, workLeft: workLeft, openRows: tally.open > 0), tally.counts)
    }

    /// An order to be decided, with the rows that two looks found lacking at the partner.
    struct Work: Sendable {
        var order: OrderInHand
        var lacking: [StoredSubmission] = []
    }

    private func readable(_ claimed: [ClaimedOrder], _ tally: inout Tally) async throws -> [OrderInHand] {
        var orders: [OrderInHand] = []
        var unreadable: [OrderChange] = []
        for order in claimed {
            do {
                orders.append(OrderInHand(claimed: order, record: try order.record(decode(order.payload))))
            } catch {
                let failure = Failure(code: "payload_unreadable", words: "\(error)")
                unreadable.append(OrderChange(order: order.key, status: order.status, outcome: outcome(of: failure, refusedBy: nil, order)))
            }
        }
        try await settle(unreadable, &tally)
        return orders
    }

    /// Decides for orders without open effects and makes happen what was decided.
    private func work(_ work: [Work], _ tally: inout Tally) async throws {
        let deciding = work.filter { $0.order.claimed.hold.map(\.reason.isRaisedByDecision) ?? true }
        // A hold that no decision raised waits for a person, whatever made the order due.
        try await settle(
            work.compactMap { item in
                guard let hold = item.order.claimed.hold, !hold.reason.isRaisedByDecision else { return nil }
                return OrderChange(order: item.order.key, status: item.order.claimed.status, outcome: .hold(hold, failure: nil))
            }, &tally)
        guard !deciding.isEmpty, !context.isOver else { return }
        let facts = try await stage.gather(deciding.map(\.order), context)

        var changes: [OrderChange] = []
        var intents: [Intent] = []
        var effects: [OrderKey: [String: S.Effect]] = [:]
        var verdicts: [OrderKey: (Work, Decided<S.Effect>)] = [:]
        for item in deciding {
            guard let found = facts[item.order.key] else { continue }
            let verdict = try stage.decide(item.order, found, context)
            if case .send(let list) = verdict.decision, let identity = verdict.learned.identity, stage.mayWrite(context.configuration) {
                let done = item.order.claimed.confirmedKeys(stage.stage)
                let missing = list.filter { !done.contains($0.key) }
                if !missing.isEmpty {
                    intents.append(try intent(item, verdict, identity, missing))
                    effects[item.order.key] = Dictionary(missing.map { ($0.key, $0) }) { first, _ in first }
                    verdicts[item.order.key] = (item, verdict)
                    continue
                }
            }
            changes.append(change(item, verdict))
        }
        try await settle(changes, &tally)
        try await send(intents, effects, verdicts, &tally)
    }

    private func intent(_ item: Work, _ verdict: Decided<S.Effect>, _ identity: OutgoingIdentity, _ effects: [S.Effect]) throws -> Intent {
        let claimed = item.order.claimed
        let lacking = Dictionary(item.lacking.map { ($0.key, $0.id) }) { first, _ in first }
        return Intent(
            order: claimed.key, status: claimed.status, version: claimed.version, identity: identity, invoiceID: verdict.learned.invoiceID,
            effects: try effects.map { Intent.Effect(key: $0.key, json: try LedgerCoding.json($0), reopens: lacking[$0.key]) })
    }

    func settle(_ changes: [OrderChange], _ tally: inout Tally) async throws {
        for change in changes { tally.count(change) }
        try await ledger.settle(changes, now: context.now())
    }

    func outcome(of failure: Failure, refusedBy: HoldReason?, _ order: ClaimedOrder) -> Outcome {
        retryPolicy.outcome(
            of: failure, refusedBy: refusedBy, attempts: order.attempts, sameRefusals: order.sameRefusals, lastCode: order.lastErrorCode,
            now: context.now(), jitter: context.jitter())
    }
}

/// What a run did, by outcome.
struct Tally: Sendable {
    private(set) var counts: [String: Int] = [:]
    private(set) var open = 0
    /// A partner failed in a way that concerns no single order.
    var partnerFailed = false

    mutating func count(_ change: OrderChange) {
        let name =
            switch change.outcome {
            case .advance: "advanced"
            case .wait(let reason, _, _): reason.rawValue
            case .retry: "retry"
            case .hold(let hold, _): "held_\(hold.reason.rawValue)"
            }
        counts[name, default: 0] += 1
        if change.submissions.contains(where: \.state.isOpen) { open += 1 }
    }
}
