import Domain
import FoundationEssentials
import Pipeline
import Store

extension OrderRun {
    /// What a decision does to the order when nothing is sent.
    ///
    /// - Parameter missing: the effects that would be sent, if the stage were allowed to.
    func change(_ item: Work, _ verdict: Decided<S.Effect>, _ missing: [S.Effect]) -> OrderChange {
        let claimed = item.order.claimed
        var change = OrderChange(
            order: claimed.key, status: claimed.status, version: claimed.version, outcome: .advance, learned: verdict.learned,
            lookedUp: true)
        switch verdict.decision {
        case .advance(let note):
            // The partner has it after all: that is what the rows in doubt were about, whatever has become of the order's row meanwhile.
            change.submissions = item.lacking.map { SubmissionChange($0, state: .confirmed) }
            if !item.lacking.isEmpty { change.version = nil }
            change.timeline = [TimelineEntry(.adopted, note)]
        case .send:
            change.submissions = close(item.lacking)
            if missing.isEmpty {
                change.timeline = [TimelineEntry(.adopted, "every effect is confirmed in the ledger")]
            } else {
                change.outcome = wait(.writeOff, verdict, claimed)
                if claimed.waitReason != .writeOff {
                    change.timeline = missing.map { TimelineEntry(.wouldSend, "\(stage.stage.rawValue) \($0.key)") }
                }
            }
        case .wait(let reason):
            change.submissions = close(item.lacking)
            change.outcome = wait(reason, verdict, claimed)
        case .hold(let hold):
            change.submissions = close(item.lacking)
            change.outcome = .hold(hold, failure: nil)
            change.nextLook = look(at: hold, claimed)
        }
        if change.outcome != .advance { change.learned = verdict.learned.withoutNames }
        return change
    }

    /// Rows that the partner lacks for certain and that are not to be sent any more.
    func close(_ rows: [StoredSubmission]) -> [SubmissionChange] {
        rows.map { row in
            var change = SubmissionChange(row, state: .rejected)
            change.code = "not_executed"
            return change
        }
    }

    /// LingXing does not tell of every change that could cure a hold: such an order is looked up again on the slow cycle.
    private func look(at hold: Hold, _ claimed: ClaimedOrder) -> Date? {
        guard hold.reason.cures.contains(.lingXing) || ledger.scope == .cancelling else { return nil }
        let rechecks = claimed.hold?.reason == hold.reason ? claimed.rechecks : 0
        return context.now().addingTimeInterval(
            RecheckPolicy(seconds: context.configuration.recheckSeconds).pause(afterRechecks: rechecks))
    }

    private func wait(_ reason: WaitReason, _ verdict: Decided<S.Effect>, _ claimed: ClaimedOrder) -> Outcome {
        let now = context.now()
        // Goods that LingXing shows as shipped are about to have their outbound rows; everything else comes by the update window.
        if verdict.isImminent {
            let pause = min(300, TimeInterval(context.configuration.recheckSeconds))
            return .wait(reason, until: now.addingTimeInterval(pause), rechecks: 0)
        }
        let cycle = RecheckPolicy(seconds: context.configuration.recheckSeconds)
        let rechecks =
            claimed.waitReason == reason
            ? cycle.rechecks(after: claimed.rechecks, lookedUpAt: claimed.lookedUpAt, now: now) : 0
        return .wait(reason, until: now.addingTimeInterval(cycle.pause(afterRechecks: rechecks)), rechecks: rechecks)
    }

    /// The rows that were sent as often as an order may be tried and never got a clear answer, while the partner answered others: the
    /// trouble is theirs. As long as it answers nobody it is an outage, which holds no order (design 9.9).
    func spent(_ work: [Work]) async throws -> Set<Int64> {
        let rows = work.flatMap { $0.lacking }.filter { $0.attempts >= retryPolicy.attempts }
        guard !rows.isEmpty else { return [] }
        // As long as one try takes: its permission, the settling, the looks.
        let permission = stage.effectTiming.permission
        return try await ledger.passedBy(rows.map(\.id), permission: permission, within: 2 * permission + 2 * settling)
    }

    /// The partner lacks the effect for certain, so its row is over; whoever releases the order begins with a new one.
    func exhausted(_ item: Work, _ effects: [S.Effect], _ spent: Set<Int64>) -> OrderChange? {
        guard !spent.isEmpty else { return nil }
        let wanted = Set(effects.map(\.key))
        guard let row = item.lacking.first(where: { wanted.contains($0.key) && spent.contains($0.id) }) else { return nil }
        let words = "sent \(row.attempts) times without a clear answer, and the partner does not have it"
        let failure = Failure(code: "unanswered", words: "\(stage.stage.rawValue) \(row.key): \(words)")
        return OrderChange(
            order: item.order.key, status: item.order.claimed.status, submissions: close(item.lacking),
            outcome: .hold(Hold(.retriesExhausted, facts: row.key), failure: failure), learned: item.learned)
    }
}

extension Learned {
    /// The names of an order are fixed by its first intent, or where it was found at the partner, never by a decision alone: until then the
    /// configuration may still be corrected (design 1).
    fileprivate var withoutNames: Learned {
        var learned = self
        learned.invoiceID = nil
        if lingXingOrderNumbers == nil { learned.identity = nil }
        return learned
    }
}
