import Domain
import FoundationEssentials
import Pipeline
import Rehearsal
import Sandbox
import StageRunner

/// Push at its slowest, one order a call, with one worker and with four.
struct ScalingPart: Sendable {
    let venue: Venue

    private static let orders = 400
    private static let seconds = 12.0

    func figures() async throws -> [Figure] {
        let one = try await rate(shards: 1)
        let four = try await rate(shards: 4)
        return [
            Figure(.scaling, "push, 1 worker", one, "/s", note: "one order a call, one call at a time, 200 ms each"),
            Figure(.scaling, "push, 4 shards and workers", four, "/s"),
            Figure(.scaling, "4 shards and workers against 1", four / one, "x", goal: .atLeast(3.6)),
        ]
    }

    /// Orders created in a second, while all shards have work.
    private func rate(shards: Int) async throws -> Double {
        var rig = RigSettings.withoutLimits()
        rig.partners.lingXing.latency = 0.2
        rig.partners.lingXing.capacity = true
        rig.partners.lingXing.capacityOf = ["/pb/mp/order/v2/create": 40, "/pb/mp/order/v2/list": 40]
        rig.work([.pull])
        rig.work([.push], workers: shards)
        let push: @Sendable (inout RuntimeConfiguration) -> Void = { configuration in
            configuration.jobs[.push]?.shards = shards
            configuration.push.createBatch = 1
            configuration.push.parallelCalls = 1
        }
        rig.configure = { $0.only([.pull], cron: "* * * * * *") }
        return try await Rig.with("scaling\(shards)", rig, venue) { rig in
            try await rig.pulled(Self.orders)
            try await rig.configure {
                $0.only([.push], cron: RuntimeConfiguration.never)
                push(&$0)
            }
            try await rig.start(.push, shards: shards)
            func created() -> Int { rig.sandbox.effects.counts.created }
            try await rig.wait("orders are created", seconds: 30, every: .milliseconds(10)) { created() >= 2 * shards }
            let (first, start) = (created(), ContinuousClock.now)
            try await Task.sleep(for: .seconds(Self.seconds))
            let (last, end) = (created(), ContinuousClock.now)
            return Double(last - first) / ((end - start) / .seconds(1))
        }
    }
}

extension Rig {
    /// Lets so many plain orders come in and be pulled.
    func pulled(_ count: Int) async throws {
        _ = await sandbox.createOrders(OrderRequest(count: count, seed: 5, mix: [], age: 60))
        try await wait("\(count) orders are pulled", seconds: 300) { try await orders(at: .pulled) == count }
    }

    /// One tick a shard, as the schedule would publish them.
    func start(_ stage: Stage, shards: Int) async throws {
        try await ticks.publish(
            (0..<shards).compactMap { index in Shard(index: index, of: shards) }.map { shard in
                Tick(
                    id: UUID().uuidString.lowercased(), stage: stage, trigger: .schedule, shard: shard,
                    issuedAt: Date())
            })
    }
}
