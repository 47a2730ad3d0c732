import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import StageRunner
import Store
import Testing

@Suite("An effect in doubt is looked for, and sent again only when it is certain not to be there", .timeLimit(.minutes(2)))
struct OrderRunDoubtTests {
    @Test(
        "A worker that died before sending: left alone until the deadline, resent only after settling and two looks, by the same row"
    )
    func diedBefore() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .dieBefore, .confirm)
            try await belt.runAndDie()
            #expect(try await belt.ledger("1") == ["ack intended 1"])

            // Until the deadline at 20 s nobody even looks.
            try await belt.run()
            belt.pass(19)
            try await belt.run(names: ["1"])
            #expect(belt.partner.with(\.looks).isEmpty)
            #expect(try await belt.order("1").nextAttempt == Belt.noon.addingTimeInterval(20))

            // Until settling has passed at 120 s a look that finds nothing says nothing.
            belt.pass(1)
            try await belt.run()
            belt.pass(99)
            try await belt.query("update dsco_order_sync set next_attempt = \(belt.now)")
            try await belt.run()
            #expect(belt.partner.with(\.looks).count == 2)
            #expect(try await belt.ledger("1") == ["ack intended 1"])

            belt.pass(1)
            try await belt.run()
            #expect(belt.partner.with(\.sent).count == 1)
            let second = try #require(try await belt.order("1").nextAttempt)
            #expect(second > belt.now)
            belt.pass(second.timeIntervalSince(belt.now))
            try await belt.run()
            #expect(belt.partner.with(\.sent).count == 2)
            #expect(try await belt.ledger("1") == ["ack confirmed 2"])
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(belt.partner.count("1/ack") == 1)
        }
    }

    @Test("However long the looks took: what they found lacking is sent in the same run")
    func lateLooks() async throws {
        try await Belt.run { belt in
            for id in ["1", "2"] { try await belt.put(id) }
            for id in ["1", "2"] { belt.partner.script("\(id)/ack", .cutBefore, .confirm) }
            belt.partner.with { $0.capacity = SendCapacity(effectsPerCall: 200, callsAtOnce: 2) }
            try await belt.run()
            for pause in [120.0, 30] {
                belt.pass(pause)
                try await belt.query("update dsco_order_sync set next_attempt = \(belt.now)")
                let end = ContinuousClock.now + .milliseconds(200)
                belt.partner.with { $0.whileLooking = { try await Task.sleep(until: end, clock: .continuous) } }
                try await belt.run(budget: .milliseconds(200))
            }
            #expect(belt.partner.with(\.looks).count == 4)
            for id in ["1", "2"] {
                #expect(try await belt.ledger(id) == ["ack confirmed 2"])
                #expect(belt.partner.count("\(id)/ack") == 1)
            }
        }
    }

    @Test("A partner that does not show what is in doubt keeps neither the others nor what it said before from being settled")
    func muteAboutOne() async throws {
        try await Belt.run { belt in
            for id in ["doubt", "sent", "new"] { try await belt.put(id) }
            belt.partner.with { $0.decisions["new"] = Decided(.wait(.notReviewed)) }
            belt.partner.script("doubt/ack", .cutAfter)
            belt.partner.script("sent/ack", .accept)
            try await belt.run()
            belt.pass(30)
            try await belt.query("update dsco_order_sync set next_attempt = \(belt.now)")
            belt.partner.with { state in
                state.isMute = true
                state.endsPolling = false
                state.log["sent/ack"] = .confirmed
                state.decisions = [:]
            }
            let (result, _) = try await belt.run()
            #expect(result.end == .failed)
            #expect(result.failure?.contains("GET /order/") == true)
            #expect(try await belt.order("sent").status == .acknowledged)
            #expect(try await belt.order("new").status == .acknowledged)
            let doubt = try await belt.order("doubt")
            #expect((doubt.status, doubt.attempts, doubt.hold) == (.pushed, 0, nil))
            #expect(try #require(doubt.nextAttempt) > belt.now)
            #expect(try await belt.ledger("doubt") == ["ack unknown 1"])
        }
    }

    @Test("Whatever died or was cut after the work was done is found, not sent again", arguments: [true, false])
    func doneAlready(_ dies: Bool) async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", dies ? .dieAfter : .cutAfter)
            if dies { try await belt.runAndDie() } else { try await belt.run() }
            try await belt.runUntilSettled("1")
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(try await belt.ledger("1") == ["ack confirmed 1"])
            #expect(belt.partner.count("1/ack") == 1)
        }
    }

    @Test("An effect that shows up late, but within settling, is never doubled")
    func late() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .cutAfter)
            belt.partner.with { _ = $0.hidden.insert("1/ack") }
            try await belt.run()
            belt.pass(20)
            try await belt.run()
            belt.pass(100)
            try await belt.run()
            belt.partner.with { $0.hidden = [] }
            belt.pass(25)
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(belt.partner.count("1/ack") == 1)
        }
    }

    @Test("An effect that is there after two looks in vain moves its order on, though somebody wrote the order's row meanwhile")
    func thereAfterAll() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .cutAfter)
            belt.partner.with {
                $0.hidden.insert("1/ack")
                $0.whileLooking = { try await belt.query("update dsco_order_sync set version = version + 1") }
            }
            try await belt.run()
            belt.partner.with { $0.decisions["1"] = Decided(.advance(note: "there after all")) }
            for _ in 0..<20 where try await belt.ledger("1") != ["ack confirmed 1"] {
                belt.pass(30)
                try await belt.run()
            }
            #expect(try await belt.ledger("1") == ["ack confirmed 1"])
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }

    @Test(
        "No log row after twelve times settling, or a log that is complete without ours: the object says",
        arguments: [true, false], [true, false])
    func overdue(_ isComplete: Bool, _ isDone: Bool) async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .accept, .confirm)
            try await belt.run()
            if !isDone { belt.partner.with { $0.done = [:] } }
            if isComplete { belt.partner.with { $0.log["1/ack"] = .missing } }
            belt.pass(isComplete ? 130 : 1199)
            try await belt.run()
            if !isComplete {
                #expect(try await belt.ledger("1") == ["ack accepted 1"])
                belt.pass(1)
                try await belt.query("update dsco_order_sync set next_attempt = \(belt.now)")
                try await belt.run()
            }
            #expect(try await belt.ledger("1") == [isDone ? "ack confirmed 1" : "ack unknown 1"])
            try await belt.runUntilSettled("1")
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(belt.partner.count("1/ack") == 1)
        }
    }

    @Test("What the first looks have shown is settled, although a later one fails the run")
    func portions() async throws {
        try await Belt.run { belt in
            let ids = (1...150).map(String.init)
            for id in ids {
                try await belt.put(id)
                belt.partner.script("\(id)/ack", .cutAfter)
            }
            func acknowledged() async throws -> Int {
                try await belt.pool.query("select count(*) from dsco_order_sync where status = 3")[0].decode(0)
            }
            try await belt.run()
            belt.pass(20)
            belt.partner.with { $0.looksLeft = ids.count - 1 }
            await #expect(throws: FakePartner.Down.self) { try await belt.run() }
            let settled = try await acknowledged()
            #expect(settled > 0 && settled < ids.count)

            belt.partner.with { $0.looksLeft = .max }
            try await belt.run()
            #expect(try await acknowledged() == ids.count)
            #expect(belt.partner.with(\.looks).count == ids.count)
            #expect(belt.partner.with(\.done).values.allSatisfy { $0 == 1 })
        }
    }

    @Test("Something like our effect is for a person, who may have it looked at again")
    func ambiguous() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .cutAfter)
            belt.partner.with { _ = $0.ambiguous.insert("1/ack") }
            try await belt.run()
            belt.pass(20)
            let (result, _) = try await belt.run()
            var order = try await belt.order("1")
            #expect((order.hold?.reason, order.nextAttempt) == (.inDoubt, nil))
            #expect(!result.openRows)
            _ = try await OrderActions(belt.pool).release(OrderKey(rawValue: "1"), reason: "look", by: "ann", now: belt.now)
            try await belt.run()
            #expect(try await belt.order("1").hold?.reason == .inDoubt)
            belt.partner.with { $0.ambiguous = [] }
            _ = try await OrderActions(belt.pool).release(OrderKey(rawValue: "1"), reason: "look", by: "ann", now: belt.now)
            try await belt.run()
            order = try await belt.order("1")
            #expect((order.status, order.hold) == (.acknowledged, nil))
            #expect(belt.partner.count("1/ack") == 1)
        }
    }

    @Test("Another effect of an order in doubt is still confirmed")
    func besideDoubt() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { state in
                state.keys["1"] = ["a", "b"]
                state.ambiguous = ["1/a"]
            }
            belt.partner.script("1/a", .cutAfter)
            belt.partner.script("1/b", .accept)
            try await belt.run()
            belt.pass(20)
            try await belt.run()
            #expect(try await belt.order("1").hold?.reason == .inDoubt)
            belt.partner.with { $0.log["1/b"] = .confirmed }
            belt.pass(30)
            try await belt.run()
            #expect(try await belt.ledger("1") == ["a unknown 1", "b confirmed 1"])
            #expect(try await belt.order("1").status == .pushed)
        }
    }

    @Test("Open effects are looked after whatever the hold, and a hold outlasts them", arguments: [true, false])
    func heldInFlight(_ isDone: Bool) async throws {
        try await Belt.run { belt in
            let key = try await belt.put("1")
            belt.partner.script("1/ack", isDone ? .cutAfter : .cutBefore)
            try await belt.run()
            try await belt.query(
                "update dsco_order_sync set hold_reason = 'by_operator', hold_since = \(belt.now), hold_facts = ''")
            try await belt.runUntilSettled("1")
            let order = try await belt.order("1")
            #expect(order.hold?.reason == .byOperator)
            #expect(order.nextAttempt == nil)
            #expect(order.status == (isDone ? .acknowledged : .pushed))
            #expect(try await belt.ledger("1") == [isDone ? "ack confirmed 1" : "ack rejected 1"])
            #expect(belt.partner.with(\.sent).count == 1)
            guard !isDone else { return }
            _ = try await OrderActions(belt.pool).release(key, reason: "go", by: "ann", now: belt.now)
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }
}
