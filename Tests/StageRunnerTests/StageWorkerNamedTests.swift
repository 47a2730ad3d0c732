import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import RabbitMQ
import StageRunner
import Store
import TestSupport
import Testing

@Suite("A tick that names orders is about these alone", .timeLimit(.minutes(2)))
struct StageWorkerNamedTests {
    private func tick(_ trigger: Tick.Trigger = .manual, id: String = "t", orders: [String] = [], by: String? = nil) -> Tick {
        .ack(trigger, id: id, orders: orders, by: by)
    }

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
            // Held again meanwhile: the same tick, coming back, does not release it twice, nor does a copy that comes when all is done.
            try await yard.belt.query(
                "update dsco_order_sync set hold_reason = 'by_operator', hold_since = \(yard.belt.now), next_attempt = 'infinity'"
            )
            for _ in 1...2 {
                await yard.orderWorker.handle(try await yard.deliver(replay))
                #expect(try await yard.belt.order("1").hold?.reason == .byOperator)
            }
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

    @Test("Continuations of named orders wait for no other: neither for the shard's own nor for each other")
    func ownContinuations() async throws {
        try await Yard.run { yard in
            let worker = yard.worker(returning: RunResult(end: .done, openRows: true))
            for id in ["1", "2"] { try await yard.belt.put(id) }
            await worker.handle(try await yard.deliver(tick(.schedule, id: "s")))
            for id in ["1", "2"] {
                await worker.handle(try await yard.deliver(tick(.replay, id: "r\(id)", orders: [id], by: "ann")))
            }
            let later = try await yard.later()
            #expect(later.map(\.trigger) == [.continuation, .continuation, .continuation])
            #expect(Set(later.map(\.orders)) == [[], ["1"], ["2"]])
            // Each that comes back is followed by one of its own.
            for tick in later { await worker.handle(try await yard.deliver(tick)) }
            #expect(Set(try await yard.later().map(\.orders)) == [[], ["1"], ["2"]])
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
