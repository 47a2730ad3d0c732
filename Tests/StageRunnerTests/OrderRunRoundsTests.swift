import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import StageRunner
import Store
import Testing

@Suite("A run sends no more than it can, and a poisonous order stands alone", .timeLimit(.minutes(2)))
struct OrderRunRoundsTests {
    /// Moves the clock to whenever one of the orders is due, and runs, until none is or `limit` runs were made.
    private func settle(_ belt: Belt, limit: Int, until isDone: () async throws -> Bool = { false }) async throws {
        for _ in 0..<limit {
            try await belt.run()
            if try await isDone() { return }
            let next = try await belt.pool.query(
                "select min(next_attempt) as next from dsco_order_sync where status = 2 and next_attempt < 'infinity'")
            guard let due = try next.first?.decode("next", as: Date?.self) else { return }
            belt.pass(max(0, due.timeIntervalSince(belt.now)))
        }
    }

    // MARK: Effects in doubt

    @Test("A partner that reads but takes nothing holds nobody, however long it lasts (invariant 9)")
    func outageOfWrites() async throws {
        try await Belt.run { belt in
            belt.configure { $0.retry.attempts = 2 }
            let all = ["1", "2", "3"]
            for id in all { try await belt.put(id) }
            belt.partner.with { state in
                state.poison = Set(all.map { "\($0)/ack" })
                state.endsPolling = false
            }
            try await settle(belt, limit: 60) { try await belt.ledger("1") == ["ack unknown 5"] }
            for id in all { #expect(try await belt.order(id).hold == nil) }
            // It is over, and another order is the first to get through.
            belt.partner.with { $0.poison = [] }
            belt.pass(FakeStage.timeout * 3)
            try await belt.put("new")
            try await belt.run()
            #expect(try await belt.order("new").status == .acknowledged)
            #expect(try await belt.order("1").status == .pushed)
            try await settle(belt, limit: 20)
            for id in all {
                #expect(try await belt.order(id).status == .acknowledged)
                #expect(belt.partner.count("\(id)/ack") == 1)
            }
        }
    }

    @Test(
        "What was cut once is sent alone from then on: the others are done with the second try, the poisonous one is held in the end",
        arguments: [1, 4])
    func poison(_ callsAtOnce: Int) async throws {
        try await Belt.run { belt in
            belt.configure { $0.retry.attempts = 3 }
            let others = ["1", "2", "3", "4"]
            for id in others + ["bad"] { try await belt.put(id) }
            belt.partner.with { state in
                state.capacity = SendCapacity(effectsPerCall: 200, callsAtOnce: callsAtOnce)
                state.poison = ["bad/ack"]
                state.endsPolling = false
            }
            try await settle(belt, limit: 40)

            for id in others {
                #expect(try await belt.order(id).status == .acknowledged)
                #expect(try await belt.ledger(id) == ["ack confirmed 2"])
                #expect(belt.partner.count("\(id)/ack") == 1)
            }
            let calls = belt.partner.with(\.calls)
            #expect(calls.first?.count == 5)
            #expect(calls.dropFirst().allSatisfy { $0.count == 1 })

            let bad = try await belt.order("bad")
            #expect((bad.status, bad.hold?.reason, bad.nextAttempt) == (.pushed, .retriesExhausted, nil))
            #expect(bad.lastError?.text?.contains("3 times") == true)
            // The partner lacks it for certain, and the row says so.
            #expect(try await belt.ledger("bad") == ["ack rejected 3"])
            #expect(calls.filter { $0.contains("bad/ack") }.count == 3)

            // A person who mended it begins anew.
            belt.partner.with { $0.poison = [] }
            _ = try await OrderActions(belt.pool).release(OrderKey(rawValue: "bad"), reason: "mended", by: "ann", now: belt.now)
            try await belt.run()
            #expect(try await belt.order("bad").status == .acknowledged)
            #expect(try await belt.ledger("bad") == ["ack rejected 3", "ack confirmed 1"])
        }
    }

    @Test("An effect that the cap finds at the partner after all is done, not held")
    func foundAtTheCap() async throws {
        try await Belt.run { belt in
            belt.configure { $0.retry.attempts = 2 }
            try await belt.put("1")
            belt.partner.script("1/ack", .cutBefore, .cutAfter)
            try await belt.runUntilSettled("1")
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(try await belt.ledger("1") == ["ack confirmed 2"])
            #expect(belt.partner.count("1/ack") == 1)
        }
    }

    // MARK: Rounds

    @Test("Each round's intents are written when its turn comes, and a run over its budget leaves the rest due")
    func rounds() async throws {
        try await Belt.run { belt in
            for id in ["1", "2", "3", "4", "5"] { try await belt.put(id) }
            belt.partner.with { $0.capacity = SendCapacity(effectsPerCall: 1, callsAtOnce: 2) }
            // Every call takes nearly all of a permission.
            belt.partner.with { state in
                state.endsPolling = false
                state.meanwhile = {
                    belt.pass(19)
                    let open = try await belt.pool.query(
                        "select count(*) from submission where state = 'intended' and deadline_at <= \(belt.now)")
                    #expect(try open[0].decode(0, as: Int.self) == 0)
                }
            }
            try await belt.run()
            #expect(belt.partner.with(\.calls) == [["1/ack", "2/ack"], ["3/ack", "4/ack"], ["5/ack"]])
            for id in ["1", "2", "3", "4", "5"] { #expect(try await belt.order(id).status == .acknowledged) }
        }
    }

    @Test("Whatever the budget, one round is sent; the others stay due and untouched")
    func overBudget() async throws {
        try await Belt.run { belt in
            for id in ["1", "2", "3"] { try await belt.put(id) }
            belt.partner.with { state in
                state.capacity = SendCapacity(effectsPerCall: 1, callsAtOnce: 1)
                // Stopping ends the budget too.
                state.endsPolling = true
            }
            let (result, _) = try await belt.run()
            #expect(belt.partner.with(\.sent) == ["1/ack"])
            #expect(result.workLeft)
            #expect(try await belt.ledger("2").isEmpty)
            #expect(try await belt.order("2").nextAttempt == Belt.noon)
        }
    }

    @Test("What was not sent for want of time is our own affair: the run is fine, the order due again, nothing is counted")
    func notSent() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .notSent, .confirm)
            let (result, _) = try await belt.run()
            #expect(result.end == .done)
            let order = try await belt.order("1")
            #expect((order.attempts, order.hold, order.nextAttempt) == (0, nil, belt.now))
            #expect(try await belt.ledger("1") == ["ack rejected 1"])
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }

    @Test("A partner that fails ends the run: what was not begun is left for later")
    func partnerFails() async throws {
        try await Belt.run { belt in
            for id in ["1", "2"] { try await belt.put(id) }
            belt.partner.with { state in
                state.capacity = SendCapacity(effectsPerCall: 1, callsAtOnce: 1)
                state.endsPolling = false
            }
            belt.partner.script("1/ack", .notExecuted)
            #expect(try await belt.run().result.end == .failed)
            #expect(belt.partner.with(\.sent) == ["1/ack"])
            #expect(try await belt.ledger("2").isEmpty)
        }
    }
}
