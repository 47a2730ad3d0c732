import Domain
import FoundationEssentials
import PostgreSQL
import Rehearsal
import Sandbox

/// What a thousand ordinary orders cost in calls, bytes and transactions: one tick a stage, as on a schedule that leaves each its time.
/// Then a minute of rest.
struct CallsPart: Sendable {
    let venue: Venue

    private static let orders = 1000
    private static let belt: [Stage] = [.push, .ack, .ship, .invoice]

    func figures() async throws -> [Figure] {
        var rig = RigSettings.withoutLimits()
        rig.work([.pull] + Self.belt, scheduler: false)
        // Pages and runs as they are by default.
        rig.configure = { configuration in
            configuration.only([.pull] + Self.belt, cron: RuntimeConfiguration.never)
            configuration.jobs[.pull]?.size = 1000
        }
        return try await Rig.with("calls", rig, venue) { rig in
            let before = rig.sandbox.effects.counts
            let transactions = try await transactions(rig)
            _ = await rig.sandbox.createOrders(OrderRequest(count: Self.orders, seed: 13, mix: [], age: 60))
            try await rig.run(.pull, seconds: 120)
            for stage in Self.belt { try await move(stage, rig) }
            try rig.partnersAreContent()
            let after = rig.sandbox.effects.counts
            let figures = Self.figures(
                calls: after.calls.merging(before.calls) { $0 - $1 },
                bytes: after.bytesReceived + after.bytesSent - before.bytesReceived - before.bytesSent,
                transactions: try await self.transactions(rig) - transactions)
            return try await figures + rest(rig)
        }
    }

    private static func figures(calls: [String: Int], bytes: Int, transactions: Int) -> [Figure] {
        let perPath = calls.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return [
            Figure(
                .calls, "calls for 1,000 orders", Double(calls.values.reduce(0, +)), goal: .atMost(120),
                note: "pull to invoiced, tokens included")
        ]
            + perPath.map { Figure(.calls, "  \($0.key)", Double($0.value)) } + [
                Figure(.calls, "bytes to and from the partners, per order", Double(bytes) / Double(orders)),
                Figure(.calls, "transactions for 1,000 orders", Double(transactions), note: "those that watch included"),
            ]
    }

    /// One tick; what it leaves, its continuations take.
    private func move(_ stage: Stage, _ rig: Rig) async throws {
        guard let goal = stage.goal else { return }
        try await rig.start(stage, shards: 1)
        try await rig.wait("\(Self.orders) orders have passed \(stage.rawValue)", seconds: 120, every: .milliseconds(500)) {
            try await rig.orders(at: goal) == Self.orders
        }
    }

    private func transactions(_ rig: Rig) async throws -> Int {
        let rows = try await rig.pool.query(
            "select (xact_commit + xact_rollback)::int as n from pg_stat_database where datname = current_database()")
        return try rows[0].decode("n", as: Int.self)
    }

    // MARK: The rest

    /// What the workers hold and use a minute after the work is done.
    private func rest(_ rig: Rig) async throws -> [Figure] {
        try await Task.sleep(for: .seconds(20))
        let before = rig.use
        try await Task.sleep(for: .seconds(40))
        let after = rig.use
        let memory = after.map { ($0.key, Double($0.value.privateBytes) / 1_000_000) }.max { $0.1 < $1.1 }
        let idle = after.map { ($0.key, ($0.value.cpu - (before[$0.key]?.cpu ?? 0)) / 40 * 100) }.max { $0.1 < $1.1 }
        return [
            Figure(
                .calls, "private memory a minute later", memory?.1 ?? .infinity, "MB", goal: .below(40),
                note: "the largest: \(memory.map { "\($0.0)" } ?? "none")"),
            Figure(
                .calls, "idle CPU a minute later", idle?.1 ?? .infinity, "%", goal: .below(0.3),
                note: "the busiest: \(idle.map { "\($0.0)" } ?? "none")"),
        ]
    }
}
