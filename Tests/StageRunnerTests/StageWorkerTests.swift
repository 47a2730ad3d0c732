import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import RabbitMQ
import StageRunner
import Store
import Synchronization
import TestSupport
import Testing

@Suite("A worker settles a delivery when everything that follows is published", .timeLimit(.minutes(2)))
struct StageWorkerTests {
    private func tick(_ trigger: Tick.Trigger = .manual, id: String = "t", orders: [String] = [], by: String? = nil) -> Tick {
        Tick(id: id, stage: .ack, trigger: trigger, orders: orders, requestedBy: by)
    }

    // MARK: Messages

    @Test(
        "A message that is no tick goes to the dead letters as received, with the reason, and is acknowledged",
        arguments: [
            ("hello", "is not JSON"), (#"{"v":1,"id":"t","stage":"push","trigger":"manual"}"#, "queue of ack"),
            (#"{"v":1,"id":"t","stage":"ack","trigger":"soon"}"#, "trigger: must be one of"),
        ])
    func malformed(_ body: String, _ reason: String) async throws {
        try await Yard.run { yard in
            let delivery = try await yard.deliver(Array(body.utf8))
            await yard.worker().handle(delivery)
            #expect(delivery.isSettled)
            let dead = try await yard.drain(Topology.deadQueue(.ack))
            #expect(dead.map(\.body) == [Array(body.utf8)])
            #expect(dead.first?.headers[Topology.reasonHeader]?.string?.contains(reason) == true)
            #expect(try await yard.runs().isEmpty)
        }
    }

    @Test(
        "A stale tick of the schedule is dropped; a manual one never is",
        arguments: [(Tick.Trigger.schedule, 0), (.manual, 1), (.replay, 1)])
    func stale(_ trigger: Tick.Trigger, _ runs: Int) async throws {
        try await Yard.run { yard in
            var tick = tick(trigger)
            tick.expiresAt = yard.belt.now
            let delivery = try await yard.deliver(tick)
            await yard.worker().handle(delivery)
            #expect(delivery.isSettled)
            #expect(try await yard.runs().count == runs)
            #expect(try await yard.atOnce().isEmpty)
            #expect(try await yard.later().isEmpty)
        }
    }

    @Test(
        "A tick of a replay that is over is dropped, and its row says so; one of an open replay runs", arguments: [true, false])
    func replayIsOver(_ isOver: Bool) async throws {
        try await Yard.run { yard in
            try await yard.belt.put("1")
            let replays = ReplayStore(yard.belt.pool)
            let replay = try await replays.create(
                "r", stage: .ack, filter: .since(yard.belt.now), requestedBy: "ann", reason: nil, now: yard.belt.now)
            let tick = try #require(try await replays.messages(of: replay, now: yard.belt.now).first)
            if isOver { try await replays.cancel("r", now: yard.belt.now) }
            let delivery = try await yard.deliver(tick)
            await yard.worker().handle(delivery)
            #expect(delivery.isSettled)
            #expect(try await yard.runs() == [isOver ? .dropped : .done])
            let verdict = try await RunDirectory(yard.belt.pool).verdict(of: [tick.id], now: yard.belt.now)
            #expect(verdict == (isOver ? .done : .pending))
        }
    }

    @Test("A tick that could not be settled goes back to the broker: nothing is acknowledged that was not published")
    func unpublished() async throws {
        try await Yard.run { yard in
            let delivery = try await yard.deliver(tick())
            // No queue takes it: what is left of the tick is returned by the broker.
            let worker = yard.worker(ScriptedBody { _, _ in RunResult(end: .done, workLeft: true) })
            try await yard.vhost.deleteQueue(Topology.queue(.ack))
            await worker.handle(delivery)
            #expect(!delivery.isSettled)
        }
    }

    // MARK: What follows

    @Test("Work left is carried on at once: a schedule's by a continuation, a person's by itself")
    func workLeft() async throws {
        try await Yard.run { yard in
            let worker = yard.worker(returning: RunResult(end: .done, workLeft: true, remainingOrders: []))
            await worker.handle(try await yard.deliver(tick(.schedule)))
            #expect(try await yard.atOnce().map(\.trigger) == [.continuation])
            await worker.handle(try await yard.deliver(tick(.manual)))
            #expect(try await yard.atOnce() == [tick(.manual)])
            #expect(try await yard.runs() == [.continued, .continued])
            #expect(try await yard.later().isEmpty)
        }
    }

    @Test("Open effects leave one delayed continuation a shard, and another once it has come back")
    func openRows() async throws {
        try await Yard.run { yard in
            let worker = yard.worker(returning: RunResult(end: .done, openRows: true))
            for id in ["a", "b", "c"] { await worker.handle(try await yard.deliver(tick(.schedule, id: id))) }
            let first = try await yard.later()
            #expect(first.map(\.trigger) == [.continuation])
            await worker.handle(try await yard.deliver(try #require(first.first)))
            let second = try await yard.later()
            #expect(second.count == 1)
            #expect(second.first?.id != first.first?.id)
            // One that was lost is missed for two minutes, no longer.
            yard.belt.pass(120)
            await worker.handle(try await yard.deliver(tick(.schedule, id: "d")))
            #expect(try await yard.later().count == 1)
        }
    }

    @Test(
        "A failed run: the schedule tries again by itself, a person's tick is put off; nothing is carried on",
        arguments: [
            (Tick.Trigger.schedule, 0), (.continuation, 0), (.manual, 1), (.replay, 1),
        ])
    func failed(_ trigger: Tick.Trigger, _ putOff: Int) async throws {
        struct Broken: Error {}
        try await Yard.run { yard in
            let delivery = try await yard.deliver(tick(trigger))
            await yard.worker(ScriptedBody { _, _ in throw Broken() }).handle(delivery)
            #expect(delivery.isSettled)
            #expect(try await yard.later() == Array(repeating: tick(trigger), count: putOff))
            #expect(try await yard.atOnce().isEmpty)
            #expect(try await yard.runs() == [.failed])
        }
    }

    @Test("Without a runtime configuration a person's tick waits, a schedule's is dropped")
    func notConfigured() async throws {
        try await Yard.run { yard in
            let empty = RuntimeConfigurationCache(
                store: RuntimeConfigurationStore(yard.belt.pool), listening: yard.belt.database.configuration, logger: .silent)
            let worker = Yard(vhost: yard.vhost, belt: yard.belt, publisher: yard.publisher, cache: empty).worker()
            for trigger in [Tick.Trigger.schedule, .manual] { await worker.handle(try await yard.deliver(tick(trigger))) }
            #expect(try await yard.later().map(\.trigger) == [.manual])
        }
    }

    @Test(
        "Disabled and paused jobs: what the schedule began is dropped, what a person began works",
        arguments: ["disabled", "paused"])
    func switchedOff(_ how: String) async throws {
        try await Yard.run { yard in
            let until = yard.belt.now.addingTimeInterval(60)
            try await yard.configure { configuration in
                if how == "disabled" {
                    configuration.jobs[.ack]?.isEnabled = false
                } else {
                    configuration.jobs[.ack]?.pausedUntil = until
                }
            }
            let ran = Mutex<[String]>([])
            let worker = yard.worker(
                ScriptedBody { tick, _ in
                    ran.withLock { $0.append(tick.id) }
                    return RunResult(end: .done, openRows: true)
                })
            for tick in [
                tick(.schedule, id: "s"), tick(.continuation, id: "c"), tick(.manual, id: "m"),
                tick(.replay, id: "r", orders: []),
            ] {
                await worker.handle(try await yard.deliver(tick))
            }
            #expect(ran.withLock { $0 } == ["m", "r"])
            // What the manual tick left open is looked after all the same.
            let continuation = try #require(try await yard.later().first)
            await worker.handle(try await yard.deliver(continuation))
            #expect(ran.withLock { $0 }.last == continuation.id)
        }
    }

    // MARK: Locks

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

    @Test("The locks are free before what follows is published")
    func freed() async throws {
        try await Yard.run { yard in
            let worker = yard.worker(ScriptedBody { tick, _ in RunResult(end: .done, workLeft: tick.trigger == .schedule) })
            for round in 1...10 {
                await worker.handle(try await yard.deliver(tick(.schedule, id: "\(round)")))
                let next = try #require(try await yard.publisher.get(Topology.queue(.ack)))
                await worker.handle(next)
            }
            #expect(try await yard.later().isEmpty)
            #expect(try await yard.runs().count == 20)
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

    // MARK: Named orders

    @Test("A tick with orders releases their holds, makes them due, and works on them alone")
    func named() async throws {
        try await Yard.run { yard in
            // A neighbour in the same partition is due too.
            let partition = Partition.of(OrderKey(rawValue: "1"))
            let neighbour = try #require(
                (100...9999).map(String.init).first { Partition.of(OrderKey(rawValue: $0)) == partition })
            for id in ["1", "2", neighbour] { try await yard.belt.put(id) }
            try await yard.belt.query(
                """
                update dsco_order_sync set hold_reason = 'refused_by_dsco', hold_facts = 'E', hold_since = \(yard.belt.now), next_attempt = 'infinity'
                where order_key = '1'
                """)
            try await yard.belt.query(
                """
                update dsco_order_sync set wait_reason = 'backing_off', attempts = 7, next_attempt = \(yard.belt.now.addingTimeInterval(3600))
                where order_key = '2'
                """)
            await yard.orderWorker.handle(try await yard.deliver(tick(.replay, orders: ["PO-1", "2", "nobody"], by: "ann")))
            #expect(try await yard.belt.order("1").status == .acknowledged)
            #expect(try await yard.belt.order("2").status == .acknowledged)
            #expect(try await yard.belt.order(neighbour).status == .pushed)
            #expect(try await yard.belt.kinds("1").prefix(2) == ["released", "replayed"])
            #expect(try await yard.runs() == [.done])
        }
    }

    @Test("An order that is not at the stage is left alone, with an event; the tick has its run all the same")
    func elsewhere() async throws {
        try await Yard.run { yard in
            try await yard.belt.put("1", status: .shipped)
            await yard.orderWorker.handle(try await yard.deliver(tick(.replay, orders: ["1"], by: "ann")))
            #expect(try await yard.belt.kinds("1") == ["not_at_stage"])
            #expect(try await yard.runs() == [.done])
            #expect(try await RunDirectory(yard.belt.pool).verdict(of: ["t"], now: yard.belt.now) == .done)
        }
    }

    @Test("Holds are released before any lock: whoever holds the partition may do the work")
    func releasedWhileLocked() async throws {
        try await Yard.run { yard in
            try await yard.belt.put("1")
            try await yard.belt.query(
                "update dsco_order_sync set hold_reason = 'by_operator', hold_since = \(yard.belt.now), next_attempt = 'infinity'"
            )
            let (entered, leave) = (Gate(), Gate())
            let first = yard.worker(
                ScriptedBody { _, _ in
                    await entered.open()
                    await leave.pass()
                    return RunResult(end: .done)
                })
            let held = try await yard.deliver(tick(.schedule, id: "first"))
            async let working: Void = first.handle(held)
            await entered.pass()
            let replay = tick(.replay, orders: ["1"], by: "ann")
            await yard.orderWorker.handle(try await yard.deliver(replay))
            #expect(try await yard.later() == [replay])
            #expect(try await yard.belt.order("1").hold == nil)
            #expect(try await yard.belt.order("1").nextAttempt == yard.belt.now)
            await leave.open()
            await working
            // Held again meanwhile by what was done: the same tick, coming back, does not release it twice.
            try await yard.belt.query(
                "update dsco_order_sync set hold_reason = 'by_operator', hold_since = \(yard.belt.now), next_attempt = 'infinity'"
            )
            await yard.orderWorker.handle(try await yard.deliver(replay))
            #expect(try await yard.belt.order("1").hold?.reason == .byOperator)
        }
    }

    @Test("A replay larger than a batch is carried on with the orders that remain, and its continuations keep to them")
    func largeReplay() async throws {
        try await Yard.run { yard in
            for id in ["1", "2", "3", "4"] { try await yard.belt.put(id) }
            try await yard.configure { $0.jobs[.ack]?.size = 2 }
            yard.belt.partner.script("3/ack", .accept)
            yard.belt.partner.with { $0.isReadDown = false }
            await yard.orderWorker.handle(try await yard.deliver(tick(.replay, orders: ["1", "2", "3"], by: "ann")))
            let rest = try await yard.atOnce()
            #expect(rest == [tick(.replay, orders: ["3"], by: "ann")])
            // The run after it stops polling at once, as a shutdown does.
            yard.belt.partner.with { $0.endsPolling = true }
            let worker = yard.worker(OrderStageBody(FakeStage(partner: yard.belt.partner), decode: Belt.decode))
            await worker.handle(try await yard.deliver(try #require(rest.first)))
            yard.belt.partner.with { $0.isStopping = false }
            let continuation = try #require(try await yard.later().first)
            #expect((continuation.trigger, continuation.orders, continuation.requestedBy) == (.continuation, ["3"], "ann"))
            yard.belt.partner.with { $0.log["3/ack"] = .confirmed }
            yard.belt.pass(30)
            await worker.handle(try await yard.deliver(continuation))
            #expect(try await yard.belt.order("3").status == .acknowledged)
            #expect(try await yard.belt.order("4").status == .pushed)
        }
    }

    // MARK: Configuration

    @Test("An order held by a configuration that was cured while the run worked is looked at again")
    func curedMeanwhile() async throws {
        try await Yard.run { yard in
            try await yard.belt.put("1")
            yard.belt.partner.with { $0.decisions["1"] = Decided(.hold(Hold(.shopUnmapped))) }
            let worker = yard.worker(OrderStageBody(FakeStage(partner: yard.belt.partner), decode: Belt.decode))
            let changing = yard.worker(
                ScriptedBody { tick, context in
                    var changed = yard.belt.configuration
                    changed.mapping.shop["Y"] = "S"
                    _ = try await RuntimeConfigurationStore(yard.belt.pool).set(
                        changed, ifVersion: nil, by: "ann", now: yard.belt.now)
                    return try await OrderRun(FakeStage(partner: yard.belt.partner), context, decode: Belt.decode).execute()
                        .result
                })
            await changing.handle(try await yard.deliver(tick(.schedule)))
            #expect(try await yard.belt.order("1").nextAttempt == yard.belt.now)
            await yard.cache.reload()
            await worker.handle(try await yard.deliver(tick(.schedule)))
            #expect(try await yard.belt.order("1").nextAttempt == nil)
        }
    }
}

extension Yard {
    /// Ends every session that holds the stage's locks, as a cut network does.
    func cutLockSessions() async throws {
        let rows = try await belt.pool.query(
            "select distinct pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"
        )
        try await belt.database.terminate(processes: try rows.map { try $0.decode("pid") })
    }
}
