import Domain
import FoundationEssentials
import NIOConcurrencyHelpers
import Store

extension OrderRun {
    /// What the partner's answers have made of a round so far. Calls go side by side, and so do their answers.
    struct Answers: Sendable {
        private var board: Board
        private let rows: [OrderKey: [Int64]]
        private let orders: [Int64: OrderKey]
        /// Orders that their answers have moved on.
        private(set) var moves: [OrderKey: OrderChange] = [:]

        init(_ board: Board) {
            self.board = board
            // Closures here and in the rest of `OrderRun`: a key path into a generic type is built anew wherever it is met.
            rows = Dictionary(grouping: board.rows) { $0.order.key }.mapValues { $0.map { $0.id } }
            orders = Dictionary(board.rows.map { ($0.id, $0.order.key) }) { first, _ in first }
        }

        /// What is still to be finished.
        var remaining: Board { board.filter { moves[$0] == nil } }

        /// - Parameter change: what the confirmed rows of an order come to.
        /// - Returns: the orders whose effects are all confirmed now, and what is known of the others' rows.
        mutating func take(
            _ answers: [Answer], now: Date, change: (Plan, [RowProgress]) -> OrderChange
        ) -> (moves: [OrderChange], others: [SubmissionChange]) {
            for answer in answers { board.progress[answer.id]?.take(answer.kind, now: now) }
            let answered = Dictionary(grouping: answers.compactMap { board.progress[$0.id] }) { orders[$0.row.id] }
            var others: [SubmissionChange] = []
            var moved: [OrderChange] = []
            for case (let key?, let news) in answered where moves[key] == nil {
                let all = rows[key, default: []].compactMap { board.progress[$0] }
                guard let plan = board.plans[key], all.allSatisfy(\.isConfirmed) else {
                    others += news.map(\.provisionalChange)
                    continue
                }
                let move = change(plan, all)
                moves[key] = move
                moved.append(move)
            }
            return (moved, others)
        }
    }

    /// Sends the groups side by side, each in calls of its own, and stores every answer as it comes.
    func submit(
        _ groups: [[OpenRow<S.Effect>]], _ permit: SendPermit, _ answers: NIOLockedValueBox<Answers>
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for rows in groups where !rows.isEmpty {
                tasks.addTask {
                    try await stage.submit(rows, permit, context) { try await store($0, in: answers) }
                }
            }
            try await tasks.waitForAll()
        }
    }

    /// Stores answers before anything else is decided from them: a crash afterwards finds what is known. An order whose effects are all
    /// confirmed moves on in the transaction that says so, with the names that only the answer gives: nobody finds it at the status that its
    /// effects have taken it from.
    private func store(_ received: [Answer], in answers: NIOLockedValueBox<Answers>) async throws {
        let now = context.now()
        let (moves, others) = answers.withLockedValue { answers in
            answers.take(received, now: now) { plan, rows in
                // What was known before stands on the row since the intent.
                change(plan.work.order.claimed, rows, learned: Learned())
            }
        }
        try await ledger.record(others, now: now)
        try await ledger.settle(moves, lookedUpAt: context.started, now: now)
    }
}
