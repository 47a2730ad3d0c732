import Domain
import FoundationEssentials
import Rehearsal
import Sandbox

/// Steady work for an hour, and what memory it leaves behind.
struct SoakPart: Sendable {
    let settings: BenchSettings
    let venue: Venue

    private static let perSecond = 20

    func figures() async throws -> [Figure] {
        var rig = RigSettings.withoutLimits()
        rig.work(Stage.allCases)
        rig.configure = { configuration in
            configuration.only(Stage.allCases, cron: "*/5 * * * * *")
            configuration.jobs[.stock]?.cron = "0 * * * * *"
        }
        return try await Rig.with("soak", rig, venue) { rig in
            let start = ContinuousClock.now
            let length = Duration.seconds(settings.soakMinutes * 60)
            var growth = MemoryGrowth()
            var seed: UInt64 = 0
            while ContinuousClock.now < start + length {
                seed += 1
                _ = await rig.sandbox.createOrders(OrderRequest(count: Self.perSecond, seed: seed, mix: [], age: 60))
                try await Task.sleep(for: .seconds(1))
                let share = (ContinuousClock.now - start) / length
                for (name, use) in rig.use { growth.add("\(name)", bytes: use.privateBytes, at: share) }
            }
            return [figure(growth, orders: try await rig.orders(at: .invoiced))]
        }
    }

    private func figure(_ growth: MemoryGrowth, orders: Int) -> Figure {
        Figure(
            .soak, "growth over \(settings.soakMinutes.readable) minutes", growth.worst.map { $0.bytes / 1_000_000 } ?? .infinity,
            "MB", goal: .below(1),
            note:
                "private memory, from the medians of the second sixth and the last; the worst: \(growth.worst?.process ?? "none"); \(orders) orders invoiced"
        )
    }
}
