import Domain
import FoundationEssentials
import Pipeline
import Store

extension OrderRun {
    /// Confirms and reconciles what earlier runs left open (design 7.3 and 7.4), whatever the orders' holds.
    ///
    /// - Returns: the orders whose effects the partner lacks for certain: they are decided anew.
    func resolve(_ orders: [OrderInHand], _ tally: inout Tally) async throws -> [Work] {
        guard !orders.isEmpty else { return [] }
        var rows: [OpenRow<S.Effect>] = []
        var progress: [Int64: RowProgress] = [:]
        for order in orders {
            guard let identity = order.claimed.identity else { continue }
            for row in order.claimed.open(stage.stage) {
                rows.append(OpenRow(row: row, order: order, identity: identity, effect: try LedgerCoding.effect(row.effect)))
                progress[row.id] = RowProgress(row)
            }
        }

        let accepted = rows.filter { $0.row.state == .accepted }
        if !accepted.isEmpty {
            for (id, confirmation) in try await stage.confirm(accepted, context) { progress[id]?.take(confirmation) }
        }
        try await verifyRefusals(rows, &progress)

        let now = context.now()
        let inDoubt = rows.filter { row in
            guard let current = progress[row.id], case .open = current.result else { return false }
            if current.row.state == .accepted { return current.logIsOverdue(settling: settling, now: now) }
            // Left alone until the sender's permission has ended; a log without our row needs no waiting.
            return now >= current.row.deadline || row.row.state == .accepted
        }
        if !inDoubt.isEmpty {
            for (id, finding) in try await stage.reconcile(inDoubt, context) {
                progress[id]?.take(finding, settling: settling, now: context.now())
            }
        }

        var again: [Work] = []
        var changes: [OrderChange] = []
        for (_, rows) in Dictionary(grouping: rows, by: { $0.order.key }) {
            guard let order = rows.first?.order else { continue }
            let states = rows.compactMap { progress[$0.id] }
            let lacking = states.filter { if case .lacking = $0.result { true } else { false } }
            if !lacking.isEmpty, lacking.count == states.count(where: \.row.state.isOpen) {
                let settled = states.filter { !$0.row.state.isOpen }
                if !settled.isEmpty { try await ledger.record(settled.map(\.change), now: context.now()) }
                again.append(Work(order: order, lacking: lacking.map(\.row)))
            } else {
                changes.append(resolved(order.claimed, states))
            }
        }
        try await settle(changes, &tally)
        return again
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
