import Domain
import FoundationEssentials
import NIOConcurrencyHelpers
import Pipeline
import Store

extension OrderRun {
    /// Writes the intents, sends, polls the partner's log for a short while and settles (design 7.1 to 7.5).
    func send(
        _ intents: [Intent], _ effects: [OrderKey: [String: S.Effect]], _ verdicts: [OrderKey: (Work, Decided<S.Effect>)],
        _ tally: inout Tally
    ) async throws {
        // However long it took to gather: dropped here, the same orders would be gathered again for ever.
        guard !intents.isEmpty, !context.isStopping() else { return }
        let permission = stage.effectTiming.permission
        let permit = SendPermit(until: .now + .seconds(permission))
        let deadline = context.now().addingTimeInterval(permission)
        let intended = try await ledger.intend(intents, deadline: deadline, now: context.now())

        var progress: [Int64: RowProgress] = [:]
        var rows: [OpenRow<S.Effect>] = []
        for row in intended {
            guard let (work, verdict) = verdicts[row.order], let effect = effects[row.order]?[row.key],
                let identity = verdict.learned.identity
            else { continue }
            let stored = StoredSubmission(row, stage: stage.stage, runID: context.runID, deadline: deadline)
            progress[row.id] = RowProgress(stored)
            rows.append(OpenRow(row: stored, order: work.order, identity: identity, effect: effect))
        }

        let board = NIOLockedValueBox(progress)
        let ledger = ledger
        let now = context.now
        try await stage.submit(rows, permit, context) { answers in
            let changes = board.withLockedValue { board in
                answers.compactMap { answer in
                    board[answer.id]?.take(answer.kind, now: now())
                    return board[answer.id]?.provisionalChange
                }
            }
            try await ledger.record(changes, now: now())
        }
        progress = board.withLockedValue { $0 }
        tally.partnerFailed = progress.values.contains { row in
            if case .notExecuted = row.result { true } else { false }
        }
        try await poll(rows, &progress)
        try await verifyRefusals(rows, &progress)
        try await settle(changes(rows, progress, verdicts), &tally)
    }

    /// Polls the change log until every accepted effect is settled, at most ten seconds (design 7.3).
    private func poll(_ rows: [OpenRow<S.Effect>], _ progress: inout [Int64: RowProgress]) async throws {
        let end = min(ContinuousClock.now + .seconds(10), context.budgetEnd)
        var pause = Duration.milliseconds(250)
        while true {
            let accepted = rows.filter { progress[$0.id]?.row.state == .accepted }.map { $0.with(progress[$0.id]?.row) }
            guard !accepted.isEmpty, ContinuousClock.now + pause < end, !context.isStopping() else { return }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
            for (id, confirmation) in try await stage.confirm(accepted, context) { progress[id]?.take(confirmation) }
        }
    }

    /// Reads the objects of refused effects: a refusal may mean that exactly our effect is there already.
    func verifyRefusals(_ rows: [OpenRow<S.Effect>], _ progress: inout [Int64: RowProgress]) async throws {
        let refused = rows.filter { row in
            if case .refused = progress[row.id]?.result { true } else { false }
        }
        guard !refused.isEmpty else { return }
        let findings = try await stage.reconcile(refused, context)
        for row in refused { progress[row.id]?.verifyRefusal(findings[row.id]) }
    }

    private func changes(
        _ rows: [OpenRow<S.Effect>], _ progress: [Int64: RowProgress], _ verdicts: [OrderKey: (Work, Decided<S.Effect>)]
    ) -> [OrderChange] {
        Dictionary(grouping: rows) { $0.order.key }.compactMap { key, rows in
            guard let (work, verdict) = verdicts[key] else { return nil }
            return change(work.order.claimed, rows.compactMap { progress[$0.id] }, learned: verdict.learned)
        }
    }

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
        for row in rows {
            if case .refused(let failure) = row.result { return outcome(of: failure, refusedBy: stage.refusal, claimed) }
        }
        for row in rows {
            if case .notExecuted(let failure) = row.result {
                let pause = retryPolicy.pause(afterAttempt: 1, jitter: context.jitter())
                return .wait(failure.isOutage ? .circuitOpen : .backingOff, until: now.addingTimeInterval(pause), rechecks: claimed.rechecks)
            }
        }
        return .advance
    }
}

extension RowProgress {
    func timeline(_ stage: Stage) -> [TimelineEntry] {
        let name = "\(stage.rawValue) \(row.key)"
        return switch result {
        case .confirmed: [TimelineEntry("confirmed", name)]
        case .refused(let failure): [TimelineEntry("refused", "\(name): \(failure.code) \(failure.words)")]
        case .notExecuted(let failure): [TimelineEntry("not_executed", "\(name): \(failure.code)")]
        case .ambiguous(let words): [TimelineEntry("in_doubt", "\(name): \(words)")]
        case .lacking: [TimelineEntry("lacking", "\(name): two looks did not find it at the partner")]
        case .open:
            row.state == .unknown && row.absentLooks == 0
                ? [TimelineEntry("unknown", "\(name): \(failure?.code ?? "no answer")")] : []
        }
    }
}

extension OpenRow {
    func with(_ row: StoredSubmission?) -> OpenRow {
        var copy = self
        if let row { copy.row = row }
        return copy
    }
}
