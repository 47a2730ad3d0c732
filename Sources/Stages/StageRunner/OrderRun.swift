package import Domain
import FoundationEssentials
import JSON
import Logging
package import Pipeline
import PostgreSQL
import Store

/// One run of an order stage: claim → resolve what earlier runs left open → gather → decide → intend → submit → confirm → settle (design 6, 7).
package struct OrderRun<S: OrderStage>: Sendable {
    package let stage: S
    package let context: RunContext
    let decode: @Sendable ([UInt8]) throws -> Order

    /// - Parameter decode: reads a stored payload.
    package init(_ stage: S, _ context: RunContext, decode: @escaping @Sendable ([UInt8]) throws -> Order) {
        self.stage = stage
        self.context = context
        self.decode = decode
    }

    var ledger: RunLedger { context.ledger }
    var settling: TimeInterval { stage.effectTiming.settling }
    var retryPolicy: RetryPolicy { RetryPolicy(context.configuration.retry) }

    package func execute() async throws -> (result: RunResult, counts: [String: Int]) {
        var tally = Tally()
        try await sweep(&tally)
        let limit = context.configuration.job(stage.stage).size
        let claim = try await ledger.claim(limit: limit, now: context.now())
        try await ledger.setAside(claim.unreadable, retry: retryPolicy, now: context.now())
        let isBacklogged = claim.count >= limit
        if !claim.orders.isEmpty {
            try await run(claim.orders, logLooks: isBacklogged ? 1 : Self.logPauses.count, &tally)
        }
        let wasCutShort = isBacklogged || context.isOver

        var result = RunResult(end: tally.partnerFailed ? .failed : .done)
        result.failure = tally.failure
        result.workLeft = wasCutShort ? try await ledger.hasDueOrders(now: context.now()) : false
        result.openRows = try await ledger.hasOpenRows()
        // A failed run's tick comes back as it is: what was done meanwhile is no longer due.
        result.remainingOrders = result.workLeft && !tally.partnerFailed ? try await ledger.dueNames(now: context.now()) : []
        return (result, tally.counts)
    }

    /// - Parameter logLooks: how often a partner's change log is looked into; with orders queueing behind these, one look must do, and the
    ///   next run takes the rest.
    private func run(_ claimed: [ClaimedOrder], logLooks: Int, _ tally: inout Tally) async throws {
        let orders = try await readable(claimed, &tally)
        let open = orders.filter { !$0.claimed.open(stage.stage).isEmpty }
        let again = try await resolve(open, &tally)
        let free = orders.filter { $0.claimed.open(stage.stage).isEmpty }
        try await work(free.map { Work(order: $0) } + again, logLooks: logLooks, &tally)

        // Whatever the stage left alone would be first in every batch from now on.
        guard !context.isOver else { return }
        let left = claimed.filter { !tally.touched.contains($0.key) }
        let pause = retryPolicy.pause(afterAttempt: 1, jitter: context.jitter())
        try await ledger.putOff(
            left, until: context.now().addingTimeInterval(pause), keepsPriority: tally.partnerFailed, now: context.now())
    }

    /// An order to be decided, with the rows that two looks found lacking at the partner and what its other rows taught.
    struct Work: Sendable {
        var order: OrderInHand
        var lacking: [StoredSubmission] = []
        var learned = Learned()
    }

    private func readable(_ claimed: [ClaimedOrder], _ tally: inout Tally) async throws -> [OrderInHand] {
        var orders: [OrderInHand] = []
        var unreadable: [OrderChange] = []
        for order in claimed {
            do {
                orders.append(OrderInHand(claimed: order, record: try order.record(decode(order.payload))))
            } catch {
                unreadable.append(failed(order, Failure(code: "payload_unreadable", words: "\(error)")))
            }
        }
        try await settle(unreadable, &tally)
        return orders
    }

    /// Decides for orders without open effects and makes happen what was decided.
    private func work(_ work: [Work], logLooks: Int, _ tally: inout Tally) async throws {
        guard !context.isStopping() else { return }
        // Past its time the run still sends what two looks found lacking: looking again would take as long next time.
        let work = context.isOver ? work.filter { !$0.lacking.isEmpty } : work
        let deciding = work.filter { !isStopped($0.order.claimed) && !$0.order.claimed.isMarked }
        var changes = work.compactMap(stopped)
        let facts = try await gather(deciding, &tally)
        let spent = try await self.spent(deciding)

        var plans: [Plan] = []
        for item in deciding {
            guard let found = facts[item.order.key] else { continue }
            do {
                var verdict = try stage.decide(item.order, found, context)
                verdict.learned = verdict.learned.merged(over: item.learned)
                let missing = missing(verdict, item)
                guard !missing.isEmpty, stage.mayWrite(context.configuration) else {
                    changes.append(change(item, verdict, missing))
                    continue
                }
                if let change = exhausted(item, missing, spent) {
                    changes.append(change)
                    continue
                }
                // What is fixed on the row goes before whatever the configuration says today.
                guard
                    let identity = item.order.claimed.identity ?? verdict.learned.identity
                        ?? item.order.record.identity(context.configuration)
                else { throw Unnamed() }
                plans.append(
                    Plan(work: item, identity: identity, intent: try intent(item, verdict, identity, missing), effects: missing))
            } catch {
                changes.append(undecided(item.order.claimed, error))
            }
        }
        try await settle(changes, &tally)
        // Rows that the partner lacks for certain and that are no longer wanted under their key would bar the intents.
        let unwanted = plans.flatMap { plan in
            let wanted = Set(plan.intent.effects.compactMap(\.reopens))
            return close(plan.work.lacking.filter { !wanted.contains($0.id) })
        }
        try await ledger.record(unwanted, now: context.now())
        try await send(plans, logLooks: logLooks, &tally)
    }

    /// The effects to send that the ledger does not know as done.
    private func missing(_ verdict: Decided<S.Effect>, _ item: Work) -> [S.Effect] {
        guard case .send(let effects) = verdict.decision else { return [] }
        let done = item.order.claimed.confirmedKeys(stage.stage)
        return effects.filter { !done.contains($0.key) }
    }

    /// An order that somebody stopped or marked: effects that the partner lacks for certain are over, the hold stays, the mark is applied.
    private func stopped(_ item: Work) -> OrderChange? {
        let claimed = item.order.claimed
        let outcome: Outcome
        if isStopped(claimed), let hold = claimed.hold {
            // Nothing is left to look after: it is due again when somebody or something ends the hold.
            outcome = .hold(hold, failure: nil)
        } else if isStopped(claimed) || claimed.isMarked {
            outcome = .wait(.backingOff, until: context.now(), rechecks: 0)
        } else {
            return nil
        }
        return OrderChange(
            order: item.order.key, status: claimed.status, submissions: close(item.lacking), outcome: outcome,
            learned: item.learned)
    }

    private func isStopped(_ claimed: ClaimedOrder) -> Bool { stage.isStopped(claimed, context.configuration) }

    /// A failure of ours with one order: the others go on.
    func failed(_ order: ClaimedOrder, _ failure: Failure) -> OrderChange {
        OrderChange(
            order: order.key, status: order.status, version: order.version, outcome: outcome(of: failure, refusedBy: nil, order))
    }

    /// What keeps an order from being decided. One that a partner gave no answer about is asked about again, ever more seldom.
    private func undecided(_ order: ClaimedOrder, _ error: any Error) -> OrderChange {
        guard let trouble = error as? OrderTrouble, !trouble.isAttempt else { return failed(order, Failure(deciding: error)) }
        let looks = order.waitReason == .backingOff ? order.rechecks + 1 : 1
        var change = waiting(
            order, .backingOff, for: retryPolicy.pause(afterAttempt: looks, jitter: context.jitter()), rechecks: looks)
        change.trouble = trouble.failure
        return change
    }

    /// An order that a partner keeps waiting. Nothing was found out about it: what it is held for stays.
    ///
    /// - Parameter pause: seconds.
    func waiting(_ order: ClaimedOrder, _ reason: WaitReason, for pause: TimeInterval, rechecks: Int) -> OrderChange {
        let until = context.now().addingTimeInterval(pause)
        var change = OrderChange(
            order: order.key, status: order.status, version: order.version,
            outcome: .wait(reason, until: until, rechecks: rechecks))
        if let hold = order.hold {
            change.outcome = .hold(hold, failure: nil)
            change.nextLook = until
        }
        return change
    }

    private func intent(_ item: Work, _ verdict: Decided<S.Effect>, _ identity: OutgoingIdentity, _ effects: [S.Effect]) throws
        -> Intent
    {
        let claimed = item.order.claimed
        let lacking = Dictionary(item.lacking.map { ($0.key, $0.id) }) { first, _ in first }
        // The names go by themselves; of the rest only what the row lacks.
        var learned = verdict.learned.without(claimed)
        (learned.identity, learned.invoiceID) = (nil, nil)
        let isNamed = claimed.identity == identity && (verdict.learned.invoiceID ?? claimed.invoiceID) == claimed.invoiceID
        return Intent(
            order: claimed.key, status: claimed.status, version: claimed.version, identity: identity,
            invoiceID: verdict.learned.invoiceID, isNamed: isNamed, learned: learned,
            effects: try effects.map { effect in
                // The ledger could not keep it, and then nobody could ever tell whether the partner has it.
                guard !effect.key.hasNUL else { throw Unwritable() }
                return Intent.Effect(key: effect.key, text: LedgerCoding.text(effect), reopens: lacking[effect.key])
            })
    }

    func settle(_ changes: [OrderChange], _ tally: inout Tally) async throws {
        for change in changes { tally.count(change) }
        try await ledger.settle(changes, lookedUpAt: context.started, now: context.now())
    }

    func outcome(of failure: Failure, refusedBy: HoldReason?, _ order: ClaimedOrder) -> Outcome {
        retryPolicy.outcome(
            of: failure, refusedBy: refusedBy, attempts: order.attempts, sameRefusals: order.sameRefusals,
            lastCode: order.lastErrorCode,
            now: context.now(), jitter: context.jitter())
    }
}

/// A decision to send for an order that goes by no name: its retailer is mapped to no store.
private struct Unnamed: Error, CustomStringConvertible {
    let description = "the order is to be sent, but no store is known for it: map its retailer in mapping.shop"
}

/// An effect whose key has a character that the ledger cannot hold.
private struct Unwritable: Error, CustomStringConvertible {
    let description =
        "the effect holds the character U+0000, which is neither stored nor sent: correct the order where it comes from"
}
