import Domain
import FoundationEssentials
import PartnerHTTP
import Pipeline
import PostgreSQL
import RabbitMQ
import StageRunner
import Store
import Synchronization
import TestSupport
import Testing

@Suite("One (stage, partition) never runs twice at once, and who lost its locks does nothing more", .timeLimit(.minutes(2)))
struct StageWorkerLockTests {
    private func tick(_ trigger: Tick.Trigger = .manual, id: String = "t", orders: [String] = [], by: String? = nil) -> Tick {
        .ack(trigger, id: id, orders: orders, by: by)
    }

    @Test("Two workers and one partition: the second never runs; its tick waits, or is dropped when the schedule sent it")
    func lockedOut() async throws {
        try await Yard.run { yard in
            let (entered, leave) = (Gate(), Gate())
            let first = yard.worker(
                ScriptedBody { _, _ in
                    await entered.open()
                    await leave.pass()
                    return RunResult(end: .done)
                })
            let ran = Mutex(0)
            let second = yard.worker(
                ScriptedBody { _, _ in
                    ran.withLock { $0 += 1 }
                    return RunResult(end: .done)
                })
            let held = try await yard.deliver(tick(.manual, id: "first"))
            async let working: Void = first.handle(held)
            await entered.pass()

            for trigger in Tick.Trigger.allCases {
                let delivery = try await yard.deliver(tick(trigger, id: trigger.rawValue))
                await second.handle(delivery)
                #expect(delivery.isSettled)
            }
            #expect(ran.withLock { $0 } == 0)
            #expect(try await yard.later().map(\.trigger) == [.manual, .replay, .continuation])
            // One that was handed out before is not dropped: whoever holds the partitions may be dead.
            let again = try await yard.deliver(tick(.schedule, id: "again"))
            try await again.reject(requeue: true)
            await second.handle(try #require(try await yard.publisher.get(Topology.queue(.ack))))
            #expect(try await yard.later().map(\.id) == ["again"])

            await leave.open()
            await working
            await second.handle(try await yard.deliver(tick(.schedule, id: "after")))
            #expect(ran.withLock { $0 } == 1)
        }
    }

    @Test("What a run publishes finds its locks free: they are given up on the session, not left to its end")
    func lateGoodbye() async throws {
        try await Yard.run { yard in
            let database = yard.belt.database
            let proxy = try TestProxy(to: database.port)
            defer { proxy.cut() }
            proxy.hideGoodbyes()
            let worker = yard.worker(
                ScriptedBody { _, _ in RunResult(end: .done) },
                database: try PostgresConfiguration(
                    url: database.url.replacing(":\(database.port)/", with: ":\(proxy.port)/"), applicationName: "late"))
            await worker.handle(try await yard.deliver(tick()))
            let sessions: Int = try await yard.belt.pool.query(
                "select count(*)::int as n from pg_stat_activity where application_name = 'late'")[0].decode("n")
            #expect(sessions == 1, "whether kept or not: the server does not learn of an end")
            let all = Partition.all.map(Int32.init)
            #expect(try await yard.belt.session.tryAdvisoryLocks(LockClass.of(.ack), all) == Set(all))
        }
    }

    @Test("Runs that follow upon each other share a session, which has no locks between them")
    func sharedSession() async throws {
        try await Yard.run { yard in
            let holders = Mutex<[Int32]>([])
            let worker = yard.worker(
                ScriptedBody { _, _ in
                    let processes = try await yard.lockSessions()
                    holders.withLock { $0 += processes }
                    return RunResult(end: .done)
                })
            for id in ["1", "2", "3"] {
                await worker.handle(try await yard.deliver(tick(.schedule, id: id)))
                #expect(try await yard.lockSessions().isEmpty)
            }
            #expect(holders.withLock { $0.count } == 3)
            #expect(holders.withLock { Set($0).count } == 1)
        }
    }

    @Test("Shards that share partitions never meet: each works on those it got, and a person's tick comes back for the rest")
    func partly() async throws {
        try await Yard.run { yard in
            let (entered, leave) = (Gate(), Gate())
            let first = yard.worker(
                ScriptedBody { _, _ in
                    await entered.open()
                    await leave.pass()
                    return RunResult(end: .done)
                })
            let got = Mutex<[[Int]]>([])
            let second = yard.worker(
                ScriptedBody { _, context in
                    got.withLock { $0.append(context.ledger.partitions) }
                    return RunResult(end: .done)
                })
            var half = tick(.schedule, id: "half")
            half.shard = try #require(Shard(index: 0, of: 2))
            let held = try await yard.deliver(half)
            async let working: Void = first.handle(held)
            await entered.pass()
            for trigger in [Tick.Trigger.schedule, .manual] { await second.handle(try await yard.deliver(tick(trigger))) }
            let odd = Array(stride(from: 1, to: 64, by: 2))
            #expect(got.withLock { $0 } == [odd, odd])
            #expect(try await yard.later().map(\.trigger) == [.manual])
            await leave.open()
            await working
        }
    }

    @Test("A worker whose lock session is cut writes nothing more, and a person's tick is put off")
    func lostSession() async throws {
        try await Yard.run { yard in
            try await yard.belt.put("1")
            yard.belt.partner.with { state in
                state.meanwhile = { try await yard.cutLockSessions() }
            }
            let delivery = try await yard.deliver(tick(.manual))
            await yard.orderWorker.handle(delivery)
            #expect(delivery.isSettled)
            #expect(try await yard.later() == [tick(.manual)])
            #expect(try await yard.belt.order("1").status == .pushed)
            #expect(try await yard.belt.ledger("1") == ["ack intended 1"])
            // It was sent: nobody sends it again, and what happened is found.
            yard.belt.partner.with { $0.meanwhile = nil }
            for pause in [30.0, 100, 30] {
                yard.belt.pass(pause)
                await yard.orderWorker.handle(try await yard.deliver(tick(.schedule)))
            }
            #expect(try await yard.belt.order("1").status == .acknowledged)
            #expect(yard.belt.partner.with(\.sent) == ["1/ack"])
        }
    }

    // MARK: The lease

    @Test(
        "A worker that froze past its lock session's death, or whose session was cut, sends nothing more although its permit has time left",
        arguments: [true, false])
    func frozen(_ isFrozen: Bool) async throws {
        try await Yard.run { yard in
            for id in ["1", "2"] { try await yard.belt.put(id) }
            yard.belt.partner.with { state in
                state.capacity = SendCapacity(effectsPerCall: 1, callsAtOnce: 1)
                state.meanwhile = {
                    if isFrozen {
                        try await Task.sleep(for: .seconds(2))
                    } else {
                        try await yard.cutLockSessions()
                        // The socket says so by itself, much sooner than the lease would run out.
                        for _ in 0..<500 where WriteLease.isHeld { try await Task.sleep(for: .milliseconds(2)) }
                    }
                }
            }
            let session = try await yard.belt.database.connect { $0.sessionSettings["idle_session_timeout"] = "1s" }
            #expect(try await session.tryAdvisoryLocks(LockClass.of(.ack), Partition.all.map(Int32.init)).count == 64)
            let context = RunContext(
                ledger: RunLedger(session: session, stage: .ack, runID: UUID(), partitions: Array(Partition.all)),
                configuration: yard.belt.configuration, now: { yard.belt.now }, jitter: { 0 }, budgetEnd: .now + .seconds(60),
                isStopping: { false }, logger: .silent)
            let lease = WriteLease { session.hasContact(within: .milliseconds(900)) }
            await #expect(throws: PostgresError.self) {
                try await WriteLease.$current.withValue(lease) {
                    // No ping keeps the session alive, as in a process that stands still.
                    try await OrderRun(FakeStage(partner: yard.belt.partner), context, decode: Belt.decode).execute()
                }
            }
            #expect(!session.hasContact(within: .milliseconds(900)))
            #expect(yard.belt.partner.with(\.sent).isEmpty)
            #expect(try await yard.belt.order("1").status == .pushed)
            #expect(try await yard.belt.ledger("1") == ["ack intended 1"])
            #expect(try await yard.belt.ledger("2").isEmpty)
            // Its partitions are free: another worker takes them and leaves the open row alone until its deadline.
            yard.belt.partner.with { $0.meanwhile = nil }
            await yard.orderWorker.handle(try await yard.deliver(tick(.schedule)))
            #expect(yard.belt.partner.with(\.sent) == ["2/ack"])
            #expect(try await yard.belt.ledger("1") == ["ack intended 1"])
        }
    }

    @Test("A run of a worker has the lease of its own lock session")
    func leased() async throws {
        try await Yard.run { yard in
            let held = Mutex<[Bool]>([])
            let worker = yard.worker(
                ScriptedBody { _, _ in
                    held.withLock { $0.append(WriteLease.isHeld) }
                    try await yard.cutLockSessions()
                    for _ in 0..<500 where WriteLease.isHeld { try await Task.sleep(for: .milliseconds(20)) }
                    held.withLock { $0.append(WriteLease.isHeld) }
                    return RunResult(end: .done)
                })
            await worker.handle(try await yard.deliver(tick(.schedule)))
            #expect(held.withLock { $0 } == [true, false])
        }
    }
}

extension Yard {
    /// Ends every session that holds the stage's locks, as a cut network does.
    func cutLockSessions() async throws {
        try await belt.database.terminate(processes: try await lockSessions())
    }

    /// The server processes of the sessions that hold the stage's locks.
    func lockSessions() async throws -> [Int32] {
        let rows = try await belt.pool.query(
            "select distinct pid from pg_locks where locktype = 'advisory' and objsubid = 2 and database = (select oid from pg_database where datname = current_database())"
        )
        return try rows.map { try $0.decode("pid") }
    }
}
