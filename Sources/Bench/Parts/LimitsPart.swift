import Domain
import FoundationEssentials
import Rehearsal
import Sandbox

/// Eight workers, four of push and four of ack, while both partners hold them to their limits.
struct LimitsPart: Sendable {
    let venue: Venue

    private static let workers = 4
    private static let gap = 0.2
    private static let seconds = 20.0
    private static let create = "/pb/mp/order/v2/create"

    func figures() async throws -> [Figure] {
        var rig = RigSettings.withoutLimits()
        rig.partners.lingXing.capacity = true
        rig.partners.lingXing.latency = 0.3
        // What two calls may come closer together on their way.
        rig.partners.lingXing.minimumGap = Self.gap * 0.75
        rig.partners.dsco.rateLimits = true
        rig.minimumGap = Self.gap
        rig.work([.pull])
        rig.work([.push, .ack], workers: Self.workers)
        rig.configure = { $0.only([.pull], cron: "*/5 * * * * *") }
        return try await Rig.with("limits", rig, venue) { rig in
            try await rig.pulled(2000)
            try await rig.configure { configuration in
                configuration.only([.push, .ack], cron: "* * * * * *")
                configuration.jobs[.push]?.shards = Self.workers
                configuration.jobs[.ack]?.shards = Self.workers
                configuration.jobs[.push]?.size = 100
                configuration.jobs[.ack]?.size = 20
                configuration.push.createBatch = 5
            }
            return try await measure(rig)
        }
    }

    private func measure(_ rig: Rig) async throws -> [Figure] {
        func calls() -> Int { rig.sandbox.effects.counts.calls["/lingxing\(Self.create)"] ?? 0 }
        try await rig.wait("orders are created", seconds: 30, every: .milliseconds(10)) { calls() >= 5 }
        let (first, start) = (calls(), ContinuousClock.now)
        try await Task.sleep(for: .seconds(Self.seconds))
        let (last, end) = (calls(), ContinuousClock.now)
        let rate = Double(last - first) / ((end - start) / .seconds(1))
        let limited = rig.sandbox.effects.counts.limited
        let paths = limited.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return [
            Figure(
                .limits, "429 and 3001008 that 8 workers met", Double(limited.values.reduce(0, +)), goal: .atMost(0), note: paths),
            Figure(
                .limits, "creates, of what the gap allows", rate * Self.gap * 100, "%", goal: .atLeast(95),
                note: "\(rate.readable) calls a second, one every \(Self.gap) s allowed"),
        ]
    }
}
