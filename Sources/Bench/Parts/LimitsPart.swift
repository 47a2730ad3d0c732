import Domain
import FoundationEssentials
import Rehearsal
import Sandbox

/// Workers, four of a stage, while both partners hold them to their limits: first to the gap between two starts of calls, then to the calls
/// that may be under way at once.
struct LimitsPart: Sendable {
    let venue: Venue

    private static let workers = 4
    private static let gap = 0.2
    /// What a call takes where capacity is measured: then ten creates and one look at outbound orders may start in a second.
    private static let latency = 1.0
    private static let capacity = 10
    private static let seconds = 15.0
    private static let create = "/lingxing/pb/mp/order/v2/create"
    private static let outbound = "/lingxing/erp/sc/routing/wms/order/wmsOrderList"

    func figures() async throws -> [Figure] { try await withGap() + withCapacity() }

    // MARK: Gap

    private func withGap() async throws -> [Figure] {
        var rig = limited()
        rig.partners.lingXing.latency = 0.3
        // What two calls may come closer together on their way.
        rig.partners.lingXing.minimumGap = Self.gap * 0.75
        rig.minimumGap = Self.gap
        rig.work([.push, .ack], workers: Self.workers)
        return try await Rig.with("limits", rig, venue) { rig in
            try await begin([.push, .ack], rig, orders: 2000)
            let rate = try await rates(of: [(Self.create, 1)], rig)[0]
            return [
                refusals(rig, "429 and 3001008 that 8 workers met"),
                Figure(
                    .limits, "creates, of what the gap allows", rate * Self.gap * 100, "%", goal: .atLeast(95),
                    note: "\(rate.readable) calls a second, one every \(Self.gap) s allowed"),
            ]
        }
    }

    // MARK: Capacity

    private func withCapacity() async throws -> [Figure] {
        var rig = limited()
        rig.partners.lingXing.latency = Self.latency
        rig.partners.lingXing.abortedCallHold = 10
        rig.work([.push, .ack, .ship], workers: Self.workers)
        return try await Rig.with("capacity", rig, venue) { rig in
            try await begin([.push, .ack, .ship], rig, orders: 3000)
            try await rig.wait("outbound orders are looked at", seconds: 60) { calls(Self.outbound, rig) >= 2 }
            let rates = try await rates(of: [(Self.create, Self.capacity), (Self.outbound, 1)], rig)
            // The call that this cuts goes on taking its place at LingXing: nobody may run into it.
            rig.sandbox.faults.add([Fault(.lingxing, "/pb/mp/order/v2/create", .cutAfter, count: 1)])
            try await Task.sleep(for: .seconds(10))
            return [
                refusals(rig, "the same without a gap, a call cut among them"),
                share("creates, of what the capacity allows", rates[0], Double(Self.capacity) / Self.latency),
                share("looks at outbound orders, of the same", rates[1], 1 / Self.latency),
            ]
        }
    }

    private func share(_ name: String, _ rate: Double, _ allowed: Double) -> Figure {
        Figure(
            .limits, name, rate / allowed * 100, "%", goal: .atLeast(95),
            note: "\(rate.readable) calls a second, \(allowed.readable) allowed")
    }

    // MARK: Both

    private func limited() -> RigSettings {
        var rig = RigSettings.withoutLimits()
        rig.partners.lingXing.capacity = true
        rig.partners.dsco.rateLimits = true
        rig.work([.pull])
        rig.configure = { $0.only([.pull], cron: "*/5 * * * * *") }
        return rig
    }

    /// Pulls the orders, then sets the stages to work, in calls so small that there is no end of them.
    private func begin(_ stages: [Stage], _ rig: Rig, orders: Int) async throws {
        try await rig.pulled(orders)
        try await rig.configure { configuration in
            configuration.only(stages, cron: "* * * * * *")
            for stage in stages { configuration.jobs[stage]?.shards = Self.workers }
            configuration.jobs[.push]?.size = 100
            configuration.jobs[.ack]?.size = 20
            configuration.jobs[.ship]?.size = 50
            configuration.push.createBatch = 5
        }
        try await rig.wait("orders are created", seconds: 30, every: .milliseconds(10)) { calls(Self.create, rig) >= 5 }
    }

    private func calls(_ path: String, _ rig: Rig) -> Int { rig.sandbox.effects.counts.calls[path] ?? 0 }

    /// Calls a second of each path, for a while.
    private func rates(of paths: [(String, capacity: Int)], _ rig: Rig) async throws -> [Double] {
        var spans = paths.map { Span(step: $0.capacity, count: calls($0.0, rig)) }
        let end = ContinuousClock.now + .seconds(Self.seconds)
        while ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(2))
            for place in paths.indices { spans[place].see(calls(paths[place].0, rig)) }
        }
        return spans.map(\.rate)
    }

    /// From one call to a later one. Calls that are under way at once come in packs, so only whole packs count.
    private struct Span {
        let step: Int
        /// As it was before the first.
        let count: Int
        private var first: (count: Int, at: ContinuousClock.Instant)?
        private var last: (steps: Int, at: ContinuousClock.Instant)?

        init(step: Int, count: Int) {
            self.step = step
            self.count = count
        }

        mutating func see(_ now: Int) {
            guard let first else {
                if now > count { first = (now, .now) }
                return
            }
            let steps = (now - first.count) / step
            if steps > last?.steps ?? 0 { last = (steps, .now) }
        }

        var rate: Double {
            guard let first, let last else { return 0 }
            return Double(last.steps * step) / ((last.at - first.at) / .seconds(1))
        }
    }

    private func refusals(_ rig: Rig, _ name: String) -> Figure {
        let limited = rig.sandbox.effects.counts.limited
        let paths = limited.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return Figure(.limits, name, Double(limited.values.reduce(0, +)), goal: .atMost(0), note: paths)
    }
}
