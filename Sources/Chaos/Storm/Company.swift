import Domain
import FoundationEssentials
import PostgreSQL
import Rehearsal
import Store

/// What goes on beside a storm: a line of progress every few seconds, and a hand on clocks that nobody wants to wait for.
struct Company: Sendable {
    let scene: Scene

    /// Keeps company for as long as the body runs.
    func during<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self, returning: Result.self) { group in
            group.addTask { await keep() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private func keep() async {
        var nextLine = 0.0
        while !Task.isCancelled {
            // LingXing may keep the slot of a call that died for two minutes (design 8), and so do we. This one lets go at once: nobody
            // has to wait for slots that were taken longer ago than any call lasts.
            _ = try? await scene.pool.query(
                "update remote_limit set busy_until = now() where busy_until > now() and started_at < now() - interval '8 s'")
            // A replay's lost message is given five minutes before it is published again; here half of one.
            _ = try? await scene.pool.query(
                """
                update replay set published_at = now() - interval '5 min'
                where state = 'open' and published_at between now() - interval '4 min' and now() - interval '30 s'
                """)
            if scene.diary.now >= nextLine, let summary = try? await OrderDirectory(scene.pool).summary(now: Date()) {
                Console.say(progress(summary))
                nextLine = scene.diary.now + 5
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func progress(_ summary: StatusSummary) -> String {
        let notes = scene.diary.all
        let statuses = OrderStatus.allCases.map { "\($0.rawValue): \(summary.orders[$0] ?? 0)" }.joined(separator: "  ")
        let inDoubt = summary.stages.values.reduce(0) { $0 + $1.inDoubt }
        return
            "\(Int(scene.diary.now)) s: \(notes.counts.values.reduce(0, +)) faults, \(notes.ordersSent) orders; \(statuses)  held \(summary.held)  in doubt \(inDoubt)"
    }
}
