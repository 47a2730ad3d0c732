import Domain
import FoundationEssentials
import Logging
import Pipeline
import PostgreSQL
import RabbitMQ
import Scheduling
import ServiceLifecycle
import StageRunner
import Store
import Synchronization
import TestSupport
import Testing

@Suite("One scheduler leads and publishes ticks by cron", .serialized, .timeLimit(.minutes(2)))
struct SchedulerTests {
    @Test("Ticks of all shards come with the next fire as their end; disabled and paused jobs are silent")
    func shards() async throws {
        try await Station.run { station in
            try await station.configure { configuration in
                configuration.jobs[.push] = .everySecond(shards: 4)
                configuration.jobs[.ack] = .everySecond(enabled: false)
                configuration.jobs[.ship] = .everySecond(pausedUntil: Date().addingTimeInterval(3600))
            }
            try await station.running(["a"]) {
                let ticks = try await station.first(8, .push)
                #expect(Set(ticks.prefix(4).map(\.shard)) == Set(Shard.all(4)))
                #expect(Set(ticks.map(\.id)).count == 8)
                #expect(
                    ticks.allSatisfy { tick in
                        guard let issued = tick.issuedAt, let end = tick.expiresAt else { return false }
                        return tick.trigger == .schedule && end > issued && end <= issued.addingTimeInterval(1.001)
                    })
                for stage in [Stage.pull, .ack, .ship, .invoice, .stock] { #expect(try await station.ticks(stage).isEmpty) }
            }
        }
    }

    @Test("A missed fire is made up once after a restart")
    func missed() async throws {
        try await Station.run { station in
            try await station.configure { configuration in
                configuration.jobs[.push] = .yearly
                configuration.jobs[.ack] = .everySecond()
            }
            let long = Date().addingTimeInterval(-5 * 366 * 86_400)
            try await station.pool.withConnection { try await JobFireStore($0).record(.push, firedAt: long) }
            for (scheduler, fires) in [("a", 1), ("b", 0)] {
                try await station.running([scheduler]) {
                    // Whenever ack fired, push was looked at too.
                    _ = try await station.first(2, .ack)
                    #expect(try await station.ticks(.push).count == fires)
                }
                _ = try await station.ticks(.ack)
            }
        }
    }

    @Test("A fire that a wrong clock noted for the time to come silences no job")
    func clockWasAhead() async throws {
        try await Station.run { station in
            try await station.configure { $0.jobs[.ack] = .everySecond() }
            let ahead = Date().addingTimeInterval(3600)
            try await station.pool.withConnection { try await JobFireStore($0).record(.ack, firedAt: ahead) }
            try await station.running(["a"]) { _ = try await station.first(2, .ack) }
        }
    }

    @Test("A change of the configuration takes effect without a restart")
    func changed() async throws {
        try await Station.run { station in
            try await station.configure { _ in }
            try await station.running(["a"]) {
                try await station.leader()
                try await station.configure { $0.jobs[.ship] = .everySecond() }
                _ = try await station.first(2, .ship, within: .seconds(10))
                try await station.configure { $0.jobs[.ship] = .everySecond(enabled: false) }
                try await station.configure { $0.jobs[.invoice] = .everySecond() }
                _ = try await station.first(2, .invoice, within: .seconds(10))
                _ = try await station.ticks(.ship)
                _ = try await station.first(2, .invoice, within: .seconds(10))
                #expect(try await station.ticks(.ship).isEmpty)
            }
        }
    }

    @Test(
        "Of two one publishes; when the leader is cut off or frozen the other takes over within ten seconds",
        arguments: [false, true])
    func failover(_ frozen: Bool) async throws {
        try await Station.run { station in
            try await station.configure { $0.jobs[.push] = .everySecond() }
            try await station.running(["a", "b"]) {
                let before = try await station.first(3, .push)
                let leaders = Set(before.map { station.author(of: $0) })
                #expect(leaders.count == 1)
                let old = try #require(leaders.first)

                let cut = Date()
                station.isolate(old, frozen: frozen)
                let after = try await station.first(3, .push, within: .seconds(15)) { station.author(of: $0) != old }
                #expect(try #require(after.first?.issuedAt).timeIntervalSince(cut) < 10)
                // One that is cut off publishes nothing beside the new leader.
                let next = try await station.first(3, .push)
                #expect(Set(next.map { station.author(of: $0) }) == [old == "a" ? "b" : "a"])
            }
        }
    }

    @Test("A leader whose session is cut publishes again only after it was elected again")
    func reelected() async throws {
        try await Station.run { station in
            try await station.configure { $0.jobs[.push] = .everySecond() }
            try await station.running(["a"]) {
                _ = try await station.first(1, .push)
                let first = try await station.leader()
                try await station.cutLeader()
                _ = try await station.ticks(.push)
                _ = try await station.first(2, .push, within: .seconds(10))
                #expect(try await station.leader() != first)
            }
        }
    }

    @Test("Housekeeping that gets nowhere delays no tick")
    func slowHousekeeping() async throws {
        try await Station.run { station in
            try await station.configure { $0.jobs[.push] = .everySecond() }
            // Deleting what is past its retention waits for this transaction, and so does mending replays.
            let blocker = try await station.database.connect { $0.sessionSettings["idle_in_transaction_session_timeout"] = "0" }
            try await blocker.query("begin")
            try await blocker.query("lock table order_event, replay in access exclusive mode")
            try await station.running(["a"]) {
                let ticks = try await station.first(4, .push)
                let times = ticks.compactMap(\.issuedAt)
                for (early, late) in zip(times, times.dropFirst()) { #expect(late.timeIntervalSince(early) < 1.9) }
                try await station.until("housekeeping waits for the transaction") {
                    let waiting: Int = try await station.pool.query(
                        "select count(*) as n from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())"
                    )[0].decode("n")
                    return waiting > 0
                }
                await blocker.close()
            }
        }
    }

    @Test("A scheduler that is cut off from its lock publishes no replay either", arguments: [false, true])
    func noReplaysWithoutLock(_ frozen: Bool) async throws {
        try await Station.run { station in
            try await station.configure { $0.jobs[.push] = .everySecond() }
            try await station.running(["a"]) {
                _ = try await station.first(1, .push)
                station.isolate("a", frozen: frozen)
                _ = try await ReplayStore(station.pool).create(
                    "replay", stage: .pull, filter: .window(Self.window), requestedBy: "ann", reason: nil, now: Date())
                // Longer than housekeeping pauses; its own way to the database is open.
                try await Task.sleep(for: .seconds(12))
                #expect(try await station.ticks(.pull).isEmpty)
            }
            try await station.running(["b"]) {
                let ticks = try await station.first(1, .pull)
                #expect(ticks.map(\.id) == ["replay"])
            }
        }
    }

    @Test("The messages of a replay that their queue has lost come again, those alone that are left, until it is done")
    func lostMessages() async throws {
        try await Station.run { station in
            try await station.configure { _ in }
            try await station.pool.query(
                """
                insert into dsco_order_sync (order_key, po_number, partition, status, status_since, payload, payload_at, hold_reason,
                                             hold_facts, hold_since, next_attempt, created_at, updated_at)
                select 'po:' || n, n::text, 0, 1, now(), '{}', now(), 'shop_unmapped', '', now(), 'infinity', now(), now()
                from generate_series(1, 2100) as n
                """)
            let replays = ReplayStore(station.pool)
            _ = try await replays.create(
                "r", stage: .push, filter: .held(.shopUnmapped), requestedBy: "ann", reason: nil, now: Date())
            func settle(_ tick: Tick) async throws {
                _ = try await OrderActions(station.pool).makeDue(
                    tick.orders, stage: .push, by: "ann", tickID: tick.id, now: Date())
                try await station.pool.query(
                    "update dsco_order_sync set priority = 0, next_attempt = 'infinity' where priority = 1")
            }
            try await station.running(["a"]) {
                // Purged but for one.
                let first = try await station.first(3, .push)
                #expect(first.map(\.orders.count).sorted() == [100, 1000, 1000])
                try await settle(first[0])
                try await station.pool.query("update replay set published_at = published_at - interval '1 minute'")
                let second = try await station.first(2, .push)
                #expect(Set(second.map(\.id)) == Set(first.dropFirst().map(\.id)))
                #expect(try await replays.find("r")?.done == first[0].orders.count)
                for tick in second { try await settle(tick) }
                try await station.until("the replay is done") { try await replays.find("r")?.state == .done }
                #expect(try await replays.find("r")?.done == 2100)
            }
        }
    }

    private static let window = Tick.Window(since: Date(timeIntervalSince1970: 0), until: Date(timeIntervalSince1970: 86_400))

    @Test("An open replay is published again until it is done")
    func replays() async throws {
        try await Station.run { station in
            try await station.configure { _ in }
            _ = try await ReplayStore(station.pool).create(
                "replay", stage: .pull, filter: .window(Self.window), requestedBy: "ann", reason: nil, now: Date())
            try await station.running(["a"]) {
                let ticks = try await station.first(1, .pull)
                #expect(ticks.map(\.id) == ["replay"])
                #expect(ticks.first?.window == Self.window)
            }
        }
    }
}

extension RuntimeConfiguration.Job {
    static func everySecond(enabled: Bool = true, shards: Int = 1, pausedUntil: Date? = nil) -> Self {
        var job = Self(cron: "* * * * * *", size: 10)
        (job.isEnabled, job.shards, job.pausedUntil) = (enabled, shards, pausedUntil)
        return job
    }

    /// Fires at a moment that no test meets.
    static var yearly: Self {
        var job = Self(cron: "0 0 3 29 2 *", size: 10)
        job.isEnabled = true
        return job
    }
}
