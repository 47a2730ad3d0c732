import Domain
import Foundation
import Pipeline
import PostgreSQL
import Sandbox
import TestSupport
import Testing

extension EndToEndInTrouble {
    /// The goal of ten seconds, from the end of a trouble, or the death of a process, to work being done again.
    @Suite("Recovery") struct Recovery {
        private static let goal = Duration.seconds(10)

        /// Nothing but push, and no schedule: what is done is done because of the tick that the test sends.
        private static var pushAlone: Belt.Setup {
            var setup = Belt.Setup()
            setup.settleSoon()
            setup.configure = { configuration in
                for stage in Stage.allCases { configuration.jobs[stage]?.isEnabled = stage == .push }
            }
            return setup
        }

        @Test("a worker that is killed in the middle of a run: another runs its tick, once the dead one's locks are gone")
        func killed() async throws {
            try await Belt.with(Self.pushAlone) { belt in
                let first = try belt.start(.worker(.push))[0]
                // Whoever runs the tick gets as far as the run's row, with the partition's locks in hand, and waits there.
                let obstacle = try await belt.database.connect { $0.sessionSettings["idle_in_transaction_session_timeout"] = "0" }
                try await obstacle.query("begin")
                try await obstacle.query("lock table stage_run in access exclusive mode")
                #expect(try await belt.conveyor("tick", "push").status == 0)
                try await eventually("the first is in the middle of its run\n\(belt.troubles())") {
                    try await !belt.pushLockHolders().isEmpty
                }
                let second = try belt.start(.worker(.push))[0]
                try await eventually("the second is there\n\(belt.troubles())") {
                    // One connection to publish, one to consume.
                    try second.errorText().ranges(of: "connected to RabbitMQ").count == 2
                }
                let old = try await belt.pushLockHolders()
                let killed = ContinuousClock.now
                first.send(SIGKILL)
                // Its session waits in the middle of a statement: the server finds out by itself that nobody is there any more.
                try await eventually(within: Self.goal, "the dead one's session is gone") {
                    try await belt.pushLockHolders().isDisjoint(with: old)
                }
                try await obstacle.query("rollback")
                await obstacle.close()
                try await eventually(within: Self.goal, "the second runs it\n\(belt.troubles())") {
                    try await belt.pool.query("select count(*) from stage_run where state = 'done'")[0].decode(0) > 0
                }
                let took = ContinuousClock.now - killed
                #expect(took < Self.goal)
                print("A killed worker's tick was run by another after \(took)")
            }
        }

        @Test("the broker is back: the worker takes its tick")
        func broker() async throws {
            try await Belt.with(Self.pushAlone) { belt in
                let target = try #require(UInt16(belt.vhost.amqpURL.firstMatch(of: #/@[^:\/]+:(\d+)/#)?.1 ?? ""))
                let proxy = try TestProxy(to: target)
                defer { proxy.cut() }
                let url = belt.vhost.amqpURL.replacing(":\(target)/", with: ":\(proxy.port)/")
                let worker = try belt.start(.worker(.push), with: ["AMQP_URL": url])[0]
                #expect(try await belt.conveyor("tick", "push", "--wait", "30").status == 0)
                proxy.takeDown()
                try await eventually("it notices\n\(belt.troubles())") {
                    try worker.errorText().contains("connection to RabbitMQ lost")
                }
                // Long enough for its pauses between attempts to have grown to their limit.
                try await Task.sleep(for: .seconds(8))
                proxy.restore()
                let restored = ContinuousClock.now
                let tick = try await belt.conveyor("tick", "push", "--wait", "\(Self.goal.components.seconds)")
                #expect(tick.status == 0, "\(tick.errors)\n\(belt.troubles())")
                #expect(ContinuousClock.now - restored < Self.goal)
                print("A tick was run \(ContinuousClock.now - restored) after the broker was back")
            }
        }

        @Test("the database is back: the worker works, and hears of a new configuration")
        func database() async throws {
            try await Belt.with(Self.pushAlone) { belt in
                let proxy = try TestProxy(to: belt.database.port)
                defer { proxy.cut() }
                let url = belt.database.url.replacing(":\(belt.database.port)/", with: ":\(proxy.port)/")
                let worker = try belt.start(.worker(.push), with: ["DATABASE_URL": url])[0]
                #expect(try await belt.conveyor("tick", "push", "--wait", "30").status == 0)
                proxy.takeDown()
                try await eventually("it notices\n\(belt.troubles())") {
                    try worker.errorText().contains("listening interrupted")
                }
                try await Task.sleep(for: .seconds(8))
                proxy.restore()
                let restored = ContinuousClock.now
                let tick = try await belt.conveyor("tick", "push", "--wait", "\(Self.goal.components.seconds)")
                #expect(tick.status == 0, "\(tick.errors)\n\(belt.troubles())")
                #expect(ContinuousClock.now - restored < Self.goal)
                try await eventually(within: Self.goal, "it listens again\n\(belt.troubles())") {
                    try await belt.pool.query(
                        "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen %'")[0]
                        .decode(0) > 0
                }
                print("The worker worked and listened \(ContinuousClock.now - restored) after the database was back")
            }
        }

        @Test("the leading scheduler is killed, or frozen: another leads", arguments: [SIGKILL, SIGSTOP])
        func scheduler(_ signal: Int32) async throws {
            try await Belt.with(Self.pushAlone) { belt in
                let schedulers = try belt.start(.scheduler, .scheduler)
                defer { for child in schedulers { child.send(SIGCONT) } }
                var leaders: [ChildProcess] = []
                func find(_ leading: Bool) throws -> [ChildProcess] {
                    try schedulers.filter { try $0.errorText().contains("leads: publishing ticks") == leading }
                }
                try await eventually("one leads") {
                    leaders = try find(true)
                    return leaders.count == 1
                }
                let second = try #require(find(false).first)
                // It is a candidate by now, whatever its start took.
                try await eventually("the other is up") { try second.errorText().contains("connected to RabbitMQ") }
                let start = ContinuousClock.now
                leaders[0].send(signal)
                try await eventually(within: Self.goal, "the other leads\n\(belt.troubles())") {
                    try second.errorText().contains("leads: publishing ticks")
                }
                print("Another scheduler led \(ContinuousClock.now - start) after signal \(signal)")
            }
        }
    }
}

extension Belt {
    /// The server sessions that hold partitions of push.
    fileprivate func pushLockHolders() async throws -> Set<Int32> {
        let rows = try await pool.query(
            """
            select distinct pid from pg_locks where locktype = 'advisory' and classid = 2 and granted
              and database = (select oid from pg_database where datname = current_database())
            """)
        return try Set(rows.map { try $0.decode("pid") })
    }
}
