import Domain
import FoundationEssentials
import PostgreSQL
import Rehearsal
import Sandbox

/// A backlog that nothing but its own first tick sets in motion.
struct BacklogPart: Sendable {
    let settings: BenchSettings
    let venue: Venue

    private static let shards = 2
    /// So many acknowledgements in so many seconds, while not one is confirmed.
    private static let acknowledgements = 10_000
    private static let ackSeconds = 30.0

    private var orders: Int { settings.isFull ? 100_000 : 10_000 }

    func figures() async throws -> [Figure] {
        var rig = RigSettings.withoutLimits()
        rig.partners.dsco.logDelay = 3600
        // With this each is looked for in the log a second later, and again and again.
        rig.settling = 12
        rig.work([.pull])
        rig.work([.push, .ack], workers: Self.shards)
        rig.configure = { $0.only([.pull], cron: "* * * * * *") }
        return try await Rig.with("backlog", rig, venue) { rig in
            try await rig.pulled(orders)
            try await rig.pool.query(
                "update dsco_order_sync set acknowledge_by = now() + interval '1 second' * (random() * 100000)::int")
            try await rig.pool.query("vacuum analyze dsco_order_sync")
            try await rig.configure { configuration in
                configuration.only([.push, .ack], cron: RuntimeConfiguration.never)
                for stage in [Stage.push, .ack] { configuration.jobs[stage]?.shards = Self.shards }
                configuration.push.createBatch = 100
            }
            return try await drain(rig) + acknowledge(rig)
        }
    }

    private func drain(_ rig: Rig) async throws -> [Figure] {
        let start = ContinuousClock.now
        try await rig.start(.push, shards: Self.shards)
        var left = orders
        var lastChange = start
        // Whatever goes on by itself does so within seconds; a cron is hours away.
        while left > 0, ContinuousClock.now - lastChange < .seconds(30) {
            try await Task.sleep(for: .milliseconds(100))
            let now = try await rig.orders(at: .pulled)
            if now < left { (left, lastChange) = (now, .now) }
        }
        let seconds = (lastChange - start) / .seconds(1)
        return [
            Figure(
                .backlog, "of a backlog, drained by continue ticks", Double(orders - left) / Double(orders) * 100, "%",
                goal: .atLeast(100),
                note: "\(Double(orders).readable) orders at push, \((Double(orders - left) / seconds).readable) a second"),
            Figure(
                .backlog, "orders taken before an older one of their retailer", try await overtakings(rig), goal: .atMost(0),
                note: "run by run of a shard"),
        ]
    }

    /// Orders that a later run of the same shard took although their deadline was older than that of one of their retailer's taken before.
    private func overtakings(_ rig: Rig) async throws -> Double {
        let rows = try await rig.pool.query(
            """
            with taken as (
              select r.shard_index, o.retailer_id, r.started_at, o.acknowledge_by as due
              from submission s join stage_run r on r.id = s.run_id join dsco_order_sync o on o.order_key = s.order_key
              where s.stage = 'push'),
            runs as (
                select shard_index, retailer_id, started_at, max(due) as latest from taken group by shard_index, retailer_id, started_at),
            before as (
              select shard_index, retailer_id, started_at,
                     max(latest) over (partition by shard_index, retailer_id order by started_at rows between unbounded preceding and 1 preceding) as latest
              from runs)
            select count(*)::int as n from taken t join before b using (shard_index, retailer_id, started_at) where t.due < b.latest
            """)
        return Double(try rows[0].decode("n", as: Int.self))
    }

    /// Nobody waits for a change log that stays silent.
    private func acknowledge(_ rig: Rig) async throws -> [Figure] {
        let start = ContinuousClock.now
        try await rig.start(.ack, shards: Self.shards)
        var (sent, seconds) = (0, 0.0)
        while sent < Self.acknowledgements, seconds < Self.ackSeconds {
            try await Task.sleep(for: .milliseconds(100))
            let rows = try await rig.pool.query(
                "select count(*)::int as n from submission where stage = 'ack' and state = 'accepted'")
            sent = try rows[0].decode("n")
            seconds = (ContinuousClock.now - start) / .seconds(1)
        }
        return [
            Figure(
                .backlog, "of 10,000, acknowledged while the change log is silent",
                min(1, Double(sent) / Double(Self.acknowledgements)) * 100, "%", goal: .atLeast(100),
                note: "\((Double(sent) / seconds).readable) a second; submitting does not wait for confirming")
        ]
    }
}
