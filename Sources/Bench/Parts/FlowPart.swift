import Domain
import FoundationEssentials
import Rehearsal
import Sandbox

/// Ordinary orders from pull to invoiced, with partners that answer at once.
struct FlowPart: Sendable {
    let settings: BenchSettings
    let venue: Venue

    private static let belt: [Stage] = [.pull, .push, .ack, .ship, .invoice]

    func figures() async throws -> [Figure] {
        var rig = RigSettings.withoutLimits()
        rig.work(Self.belt)
        rig.configure = Self.busy
        return try await Rig.with("flow", rig, venue) { rig in
            try await ride(rig)
        }
    }

    /// One worker a stage, which takes a thousand at a time, in calls as full as they may be, and looks every second; pull, which lists its
    /// overlap each time, every thirty.
    @Sendable private static func busy(_ configuration: inout RuntimeConfiguration) {
        configuration.only(belt, cron: "* * * * * *")
        for stage in belt { configuration.jobs[stage]?.size = 1000 }
        configuration.jobs[.pull]?.cron = "*/30 * * * * *"
        configuration.push.createBatch = 100
    }

    private func ride(_ rig: Rig) async throws -> [Figure] {
        // A fleet at work knows how far it has read; one that does not asks DSCO for every order before it ships it.
        try await rig.run(.pull)
        let cpu = rig.cpu
        _ = await rig.sandbox.createOrders(OrderRequest(count: settings.orders, seed: 7, mix: [], age: 60))
        let start = ContinuousClock.now
        // Its schedule would let the orders lie for up to half a minute.
        try await rig.start(.pull, shards: 1)
        try await rig.wait("\(settings.orders) orders are invoiced", seconds: 240, every: .milliseconds(250)) {
            if try await rig.hasUnfinishedOrders() { return false }
            return try await rig.orders(at: .invoiced) == settings.orders
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let used = rig.cpu - cpu
        try rig.partnersAreContent()
        return [
            Figure(
                .flow, "orders a second, pull to invoiced", Double(settings.orders) / seconds, "/s", goal: .atLeast(750),
                note: "\(settings.orders) orders in \(seconds.rounded(to: 1)) s"),
            Figure(
                .flow, "CPU for 1,000 orders", used / (Double(settings.orders) / 1000), "s", goal: .below(1),
                note: "workers and scheduler; user and system"),
        ]
    }
}
