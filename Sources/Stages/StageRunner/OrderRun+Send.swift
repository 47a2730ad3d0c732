import Domain
import FoundationEssentials
import NIOConcurrencyHelpers
import Pipeline
import Store

extension OrderRun {
    /// What is to happen at the partner for one order; sorted into rounds and calls by reference.
    final class Plan: Sendable {
        let work: Work
        /// Under which the effects go out.
        let identity: OutgoingIdentity
        let intent: Intent
        /// By key.
        let effects: [String: S.Effect]

        init(work: Work, identity: OutgoingIdentity, intent: Intent, effects: [S.Effect]) {
            self.work = work
            self.identity = identity
            self.intent = intent
            self.effects = Dictionary(effects.map { ($0.key, $0) }) { first, _ in first }
        }

        /// Whether an effect of it was sent before and got no clear answer.
        var isDoubtful: Bool { intent.effects.contains { $0.reopens != nil } }
    }

    /// What was sent, and how far it has come.
    struct Board: Sendable {
        var rows: [OpenRow<S.Effect>] = []
        var progress: [Int64: RowProgress] = [:]
        var plans: [OrderKey: Plan] = [:]
    }

    /// Sends round by round, each with intents of its own, so that none runs out before its turn; polls the partner's log for a short while
    /// and settles (design 7.1 to 7.5). What the budget does not reach stays due.
    func send(_ plans: [Plan], logLooks: Int, _ tally: inout Tally) async throws {
        var pending = Board()
        var isFailing = false
        let rounds = Rounds.plan(
            plans, stage.capacity(context.configuration), isDoubtful: { $0.isDoubtful },
            group: { stage.callGroup($0.intent.identity) },
            effects: { $0.effects.count })
        for (number, round) in rounds.enumerated() {
            // However long it took to gather, one round is sent: else the same orders would be gathered again for ever.
            guard !context.isStopping(), number == 0 || !context.isOver, !isFailing else { break }
            let board = try await send(round, &tally)
            if let error = board.progress.values.lazy.compactMap(\.partnersFailure).first {
                isFailing = true
                // Without the partner's own words, which may name a person: a run is listed, an order is not (invariant 8).
                tally.partnerFailed("\(error)")
            }
            // An order whose answers are all there need not wait for the others.
            let awaiting = Set(board.rows.filter { board.progress[$0.id]?.row.state == .accepted }.map { $0.order.key })
            try await finish(board.filter { !awaiting.contains($0) }, &tally)
            pending.add(board.filter { awaiting.contains($0) })
        }
        try await poll(pending.rows, &pending.progress, logLooks: logLooks)
        try await finish(pending, &tally)
    }

    /// Writes the intents of a round and sends it. Orders that it moved on are not in the board that comes back.
    private func send(_ round: Rounds<Plan>.Round, _ tally: inout Tally) async throws -> Board {
        let permission = stage.effectTiming.permission
        let permit = SendPermit(until: .now + .seconds(permission))
        let deadline = context.now().addingTimeInterval(permission)
        let plans = Dictionary(round.plans.map { ($0.intent.order, $0) }) { first, _ in first }
        let intended = try await ledger.intend(round.plans.map { $0.intent }, deadline: deadline, now: context.now())
        try await settle(
            intended.refused.sorted { $0.key < $1.key }.compactMap { order, words in
                plans[order].map { failed($0.work.order.claimed, Failure(code: "not_stored", words: words)) }
            } + intended.taken.sorted().compactMap { plans[$0].map(numberTaken) }, &tally)

        var board = Board(plans: plans)
        for row in intended.rows {
            guard let plan = plans[row.order], let effect = plan.effects[row.key] else { continue }
            let stored = StoredSubmission(row, stage: stage.stage, runID: context.runID, deadline: deadline)
            board.progress[row.id] = RowProgress(stored)
            board.rows.append(OpenRow(row: stored, order: plan.work.order, identity: plan.identity, effect: effect))
        }
        let answers = NIOLockedValueBox(Answers(board))
        try await submit(round.isDoubtful ? board.rowsByOrder : [board.rows], permit, answers)
        return answers.withLockedValue { answers in
            for change in answers.moves.values { tally.count(change) }
            return answers.remaining
        }
    }

    private func numberTaken(_ plan: Plan) -> OrderChange {
        let claimed = plan.work.order.claimed
        return OrderChange(
            order: claimed.key, status: claimed.status, version: claimed.version,
            outcome: .hold(Hold(.poNumberShared, facts: plan.identity.number), failure: nil))
    }

    private func finish(_ board: Board, _ tally: inout Tally) async throws {
        var progress = board.progress
        try await verifyRefusals(board.rows, &progress, &tally)
        let changes = Dictionary(grouping: board.rows) { $0.order.key }.compactMap { key, rows -> OrderChange? in
            guard let plan = board.plans[key] else { return nil }
            // What was known before stands on the row since the intent.
            return change(plan.work.order.claimed, rows.compactMap { progress[$0.id] }, learned: Learned())
        }
        try await settle(changes, &tally)
    }

    /// Before each look into the change log; some nine seconds together.
    static var logPauses: [Duration] { [40, 160, 640, 2000, 2000, 2000, 2000].map { .milliseconds($0) } }

    /// Looks into the change log until every accepted effect is settled, at most so many times (design 7.3).
    private func poll(_ rows: [OpenRow<S.Effect>], _ progress: inout [Int64: RowProgress], logLooks: Int) async throws {
        // However slow the partner is to show its log, or the fleet's turn at it to come.
        let end = min(ContinuousClock.now + .seconds(10), context.budgetEnd)
        for pause in Self.logPauses.prefix(logLooks) {
            let accepted = rows.filter { progress[$0.id]?.row.state == .accepted }.map { $0.with(progress[$0.id]?.row) }
            guard !accepted.isEmpty, ContinuousClock.now + pause < end, !context.isStopping() else { return }
            try await Task.sleep(for: pause)
            for (id, confirmation) in try await stage.confirm(accepted, until: end, context) { progress[id]?.take(confirmation) }
        }
    }

    /// Reads the objects of refused effects: a refusal may mean that exactly our effect is there already.
    func verifyRefusals(
        _ rows: [OpenRow<S.Effect>], _ progress: inout [Int64: RowProgress], _ tally: inout Tally
    ) async throws {
        let refused = rows.filter { row in
            if case .refused = progress[row.id]?.result { true } else { false }
        }
        guard !refused.isEmpty else { return }
        let findings = try await answer(&tally) { try await stage.reconcile(refused, context) }
        for row in refused { progress[row.id]?.verifyRefusal(findings?[row.id]) }
    }
}

extension OrderRun.Board {
    fileprivate var rowsByOrder: [[OpenRow<S.Effect>]] { Array(Dictionary(grouping: rows) { $0.order.key }.values) }

    func filter(_ isIncluded: (OrderKey) -> Bool) -> Self {
        var part = Self(plans: plans)
        part.rows = rows.filter { isIncluded($0.order.key) }
        for row in part.rows { part.progress[row.id] = progress[row.id] }
        return part
    }

    fileprivate mutating func add(_ other: Self) {
        rows += other.rows
        progress.merge(other.progress) { _, new in new }
        plans.merge(other.plans) { _, new in new }
    }
}
