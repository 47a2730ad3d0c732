import Algorithms
import Domain
import FoundationEssentials
import Pipeline
import Store

extension OrderRun {
    /// Confirms and reconciles what earlier runs left open (design 7.3 and 7.4), whatever the orders' holds.
    ///
    /// What was learned is settled before more is asked, so that every look counts, whatever fails after it.
    ///
    /// - Returns: the orders whose effects the partner lacks for certain: they are decided anew.
    func resolve(_ orders: [OrderInHand], _ tally: inout Tally) async throws -> [Work] {
        guard !orders.isEmpty else { return [] }
        var groups: [[OpenRow<S.Effect>]] = []
        var unreadable: [OrderChange] = []
        for order in orders {
            do {
                groups.append(try openRows(order))
            } catch {
                unreadable.append(failed(order.claimed, Failure(code: "ledger_unreadable", words: "\(error)")))
            }
        }
        try await settle(unreadable, &tally)

        let rows = groups.flatMap(\.self)
        var progress = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, RowProgress($0.row)) })
        // Half of the time is left for what was never sent, and for what is lacking: it must be sent in this run, or its looks were for nothing.
        let left = context.budgetEnd - .now
        let (confirmEnd, end) = (ContinuousClock.now + left / 4, ContinuousClock.now + left / 2)
        let accepted = rows.filter { $0.row.state == .accepted }
        if !accepted.isEmpty,
            let confirmations = try await answer(&tally, { try await stage.confirm(accepted, until: confirmEnd, context) })
        {
            for (id, confirmation) in confirmations { progress[id]?.take(confirmation) }
        }
        let now = context.now()
        let (clear, doubtful) = groups.partitioned { $0.contains { needsLook($0, progress[$0.id], now) } }
        var again = try await conclude(clear, progress, &tally)
        try await verifyRefusals(doubtful.flatMap(\.self), &progress, &tally)

        for (place, portion) in doubtful.chunks(ofCount: Self.looksBetweenSettling).enumerated() where !context.isOver {
            guard place == 0 || ContinuousClock.now < end else { break }
            let inDoubt = portion.joined().filter { isInDoubt($0, progress[$0.id], now) }
            if !inDoubt.isEmpty {
                guard let findings = try await answer(&tally, { try await stage.reconcile(inDoubt, context) }) else { break }
                for row in inDoubt { progress[row.id]?.take(findings[row.id], settling: settling, now: context.now()) }
            }
            again += try await conclude(Array(portion), progress, &tally)
        }
        return again
    }

    /// Orders in doubt that are looked at before what was seen is settled.
    private static var looksBetweenSettling: Int { 100 }

    /// Whether the partner is asked for the row's object: what it refused may be there already, and what is in doubt too.
    private func needsLook(_ row: OpenRow<S.Effect>, _ current: RowProgress?, _ now: Date) -> Bool {
        if case .refused = current?.result { return true }
        return isInDoubt(row, current, now)
    }

    private func isInDoubt(_ row: OpenRow<S.Effect>, _ current: RowProgress?, _ now: Date) -> Bool {
        guard let current, case .open = current.result else { return false }
        if current.row.state == .accepted { return current.logIsOverdue(settling: settling, now: now) }
        // Left alone until the sender's permission has ended; a log without our row needs no waiting.
        return now >= current.row.deadline || row.row.state == .accepted
    }

    /// Settles orders as far as their rows have come.
    ///
    /// - Returns: those that are decided anew.
    private func conclude(
        _ groups: [[OpenRow<S.Effect>]], _ progress: [Int64: RowProgress], _ tally: inout Tally
    ) async throws -> [Work] {
        var again: [Work] = []
        var changes: [OrderChange] = []
        for rows in groups {
            guard let order = rows.first?.order else { continue }
            let states = rows.compactMap { progress[$0.id] }
            do {
                if let work = try await decidedAnew(order, states) {
                    again.append(work)
                } else {
                    changes.append(resolved(order.claimed, states))
                }
            } catch let error as StoreError {
                changes.append(failed(order.claimed, Failure(code: "ledger_unreadable", words: "\(error)")))
            }
        }
        try await settle(changes, &tally)
        return again
    }

    private func openRows(_ order: OrderInHand) throws -> [OpenRow<S.Effect>] {
        guard let identity = order.claimed.identity else {
            throw StoreError(.unreadable, "an effect is open, but the order's row has no outgoing number")
        }
        return try order.claimed.open(stage.stage).map { row in
            OpenRow(row: row, order: order, identity: identity, effect: try LedgerCoding.effect(row.effect))
        }
    }

    /// The order as the decision has to see it when everything of it that is still open is lacking at the partner: without the lacking
    /// effects, and with what the others came to. A refusal among them is dealt with first.
    private func decidedAnew(_ order: OrderInHand, _ rows: [RowProgress]) async throws -> Work? {
        let lacking = rows.filter(\.isLacking)
        let settled = rows.filter { !$0.row.state.isOpen }
        guard !lacking.isEmpty, lacking.count + settled.count == rows.count, settled.allSatisfy(\.isConfirmed) else { return nil }
        try await ledger.record(settled.map(\.change), now: context.now())
        let confirmed = Set(settled.map(\.row.id))
        let gone = Set(lacking.map(\.row.id))
        var claimed = order.claimed
        claimed.submissions.removeAll { gone.contains($0.id) }
        for index in claimed.submissions.indices where confirmed.contains(claimed.submissions[index].id) {
            claimed.submissions[index].state = .confirmed
        }
        return Work(
            order: OrderInHand(claimed: claimed, record: try claimed.record(order.record.order)), lacking: lacking.map(\.row),
            learned: settled.reduce(Learned()) { $1.learned.merged(over: $0) })
    }

    /// The stage's goal is met only when every effect of the round is confirmed; a round of which a part was rejected is decided anew.
    private func resolved(_ claimed: ClaimedOrder, _ rows: [RowProgress]) -> OrderChange {
        var change = change(claimed, rows, learned: Learned())
        let round = Set(rows.map(\.row.runID))
        let wasRejected = claimed.submissions.contains {
            $0.stage == stage.stage && round.contains($0.runID) && $0.state == .rejected
        }
        if change.outcome == .advance, wasRejected {
            change.outcome = .wait(.backingOff, until: context.now(), rechecks: 0)
        }
        return change
    }
}
