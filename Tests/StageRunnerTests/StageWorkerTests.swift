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
        .ack(trigger, id: id, orders: orders, by: by)
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

    /// The test's clock stands still, far from the database's.
    @Test("A worker whose clock is off the database's does nothing, and its run says so")
    func clockIsOff() async throws {
        try await Yard.run { yard in
            try await yard.belt.put("1")
            let worker = yard.worker(
                OrderStageBody(FakeStage(partner: yard.belt.partner), decode: Belt.decode), clockTolerance: 10)
            await worker.handle(try await yard.deliver(tick(.schedule)))
            let run = try #require(try await RunDirectory(yard.belt.pool).recent(.ack, limit: 1).first)
            #expect((run.state, run.errorCode) == (.failed, "clock_off"))
            #expect(yard.belt.partner.with(\.sent).isEmpty)
            #expect(try await yard.belt.order("1").status == .pushed)
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
}
