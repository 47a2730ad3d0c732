import Domain
import FoundationEssentials
import PartnerHTTP
import Pipeline
import Store

extension OrderRun {
    /// What the rows of one order's round come to for the order.
    func change(_ claimed: ClaimedOrder, _ rows: [RowProgress], learned: Learned) -> OrderChange {
        var change = OrderChange(
            order: claimed.key, status: claimed.status, submissions: rows.map(\.change), outcome: .advance, lookedUp: true)
        change.learned = rows.reduce(learned) { $1.learned.merged(over: $0) }
        change.timeline = rows.flatMap { $0.timeline(stage.stage) }
        change.outcome = outcome(claimed, rows)
        if case .hold = change.outcome {
            change.nextLook = rows.filter { $0.row.state.isOpen && !$0.isAmbiguous }.map {
                $0.nextLook(settling: settling, now: context.now())
            }.min()
        }
        return change
    }

    private func outcome(_ claimed: ClaimedOrder, _ rows: [RowProgress]) -> Outcome {
        let now = context.now()
        for row in rows {
            if case .ambiguous(let words) = row.result {
                return .hold(Hold(.inDoubt, facts: row.row.key), failure: Failure(code: "in_doubt", words: words))
            }
        }
        let open = rows.filter { $0.row.state.isOpen }
        if let look = open.map({ $0.nextLook(settling: settling, now: now) }).min() {
            return .wait(.confirming, until: look, rechecks: claimed.rechecks)
        }
        // Pull may not know yet; until it does, the stored payload would have the effect sent again.
        let isAccepted = claimed.acceptedHolds.contains { $0.reason == .cancelledAtDSCO }
        if !isAccepted, let row = rows.first(where: \.isOrderCancelled) {
            return .hold(Hold(.cancelledAtDSCO), failure: row.failure)
        }
        for row in rows {
            if let failure = row.refusal { return outcome(of: failure, refusedBy: stage.refusal, claimed) }
        }
        if let error = rows.lazy.compactMap(\.partnersFailure).first {
            let pause = retryPolicy.pause(afterAttempt: 1, jitter: context.jitter())
            let reason: WaitReason = error.isCircuitOpen ? .circuitOpen : .backingOff
            return .wait(reason, until: now.addingTimeInterval(pause), rechecks: 0)
        }
        for row in rows {
            if case .notSent = row.result { return .wait(.backingOff, until: now, rechecks: 0) }
        }
        return .advance
    }
}

extension RowProgress {
    func timeline(_ stage: Stage) -> [TimelineEntry] {
        let name = "\(stage.rawValue) \(row.key)"
        return switch result {
        case .confirmed: [TimelineEntry(.confirmed, name)]
        case .refused(let failure): [TimelineEntry(.refused, "\(name): \(failure.code) \(failure.words)")]
        case .notExecuted(let error): [TimelineEntry(.notExecuted, "\(name): \(Failure(error).code)")]
        case .notSent(let failure): [TimelineEntry(.notSent, "\(name): \(failure.code)")]
        case .ambiguous(let words): [TimelineEntry(.inDoubt, "\(name): \(words)")]
        case .orderCancelled:
            [
                failure.map { TimelineEntry(.refused, "\(name): \($0.code) \($0.words)") }
                    ?? TimelineEntry(.lacking, "\(name): two looks did not find it at the partner, which has cancelled the order")
            ]
        case .lacking: [TimelineEntry(.lacking, "\(name): two looks did not find it at the partner")]
        case .open:
            row.state == .unknown && row.absentLooks == 0
                ? [TimelineEntry(.unknown, "\(name): \(failure?.code ?? "no answer")")] : []
        }
    }
}

extension OpenRow {
    func with(_ row: StoredSubmission?) -> OpenRow {
        row.map { OpenRow(row: $0, order: order, identity: identity, effect: effect) } ?? self
    }
}
