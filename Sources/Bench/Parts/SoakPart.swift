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
            let end = start + .seconds(settings.soakMinutes * 60)
            // What is taken once is no growth.
            let warm = start + .seconds(settings.soakMinutes * 10)
            var early: [ProcessName: ProcessUse] = [:]
            var seed: UInt64 = 0
            while ContinuousClock.now < end {
                seed += 1
                _ = await rig.sandbox.createOrders(OrderRequest(count: Self.perSecond, seed: seed, mix: [], age: 60))
                try await Task.sleep(for: .seconds(1))
                if early.isEmpty, ContinuousClock.now > warm { early = rig.use }
            }
            return figures(early, rig.use, try await rig.orders(at: .invoiced))
        }
    }

    private func figures(
        _ early: [ProcessName: ProcessUse], _ late: [ProcessName: ProcessUse], _ orders: Int
    ) -> [Figure] {
        let growth = late.map { ($0.key, Double($0.value.privateBytes - (early[$0.key]?.privateBytes ?? 0)) / 1_000_000) }
        let worst = growth.max { $0.1 < $1.1 }
        return [
            Figure(
                .soak, "growth over \(settings.soakMinutes.readable) minutes", worst?.1 ?? .infinity, "MB", goal: .below(1),
                note:
                    "private memory from the tenth minute of an hour on; the worst: \(worst.map { "\($0.0)" } ?? "none"); \(orders) orders invoiced"
            )
        ]
    }
}
