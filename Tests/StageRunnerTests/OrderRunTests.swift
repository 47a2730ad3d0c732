import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import StageRunner
import Store
import Testing

@Suite("A run makes effects happen once", .timeLimit(.minutes(2)))
struct OrderRunTests {
    // MARK: Confirmed, accepted, refused

    @Test("A confirmed effect advances the order by one step and is never repeated")
    func confirmed() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            let (result, counts) = try await belt.run()
            #expect(result == RunResult(end: .done))
            #expect(counts == ["advanced": 1])
            let order = try await belt.order("1")
            #expect((order.status, order.lingXingOrderNumbers) == (.acknowledged, ["L-1/ack"]))
            #expect(try await belt.ledger("1") == ["ack confirmed 1"])
            #expect(try await belt.kinds("1").suffix(2) == ["confirmed", "advanced"])
            // Whoever puts it back without closing the ledger: what is confirmed counts as done.
            try await belt.query("update dsco_order_sync set status = 2, next_attempt = \(belt.now), version = version + 1")
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(belt.partner.count("1/ack") == 1)
            #expect(belt.partner.with(\.sent) == ["1/ack"])
        }
    }

    @Test("A 202 alone never advances an order, however long; the change log does")
    func accepted() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .accept)
            let (result, _) = try await belt.run()
            #expect(result.openRows)
            #expect(try await belt.order("1").waiting == .confirming)
            for _ in 1...20 {
                belt.pass(30)
                try await belt.run()
                #expect(try await belt.order("1").status == .pushed)
                #expect(try await belt.ledger("1") == ["ack accepted 1"])
            }
            #expect(belt.partner.with(\.looks).isEmpty)
            belt.partner.with { $0.log["1/ack"] = .confirmed }
            // After ten minutes of silence the log is asked no more seldom than that.
            belt.pass(FakeStage.settling)
            let (end, _) = try await belt.run()
            #expect(!end.openRows)
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(belt.partner.with(\.sent) == ["1/ack"])
        }
    }

    @Test("A log row that comes within the run is waited for")
    func polled() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .accept)
            belt.partner.with { state in
                state.endsPolling = false
                state.log["1/ack"] = .confirmed
            }
            let (result, _) = try await belt.run()
            #expect(!result.openRows)
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }

    @Test("With orders queueing behind these the log is looked into once, and the next run takes the rest")
    func lookedOnce() async throws {
        try await Belt.run { belt in
            belt.configure { $0.jobs[.ack]?.size = 1 }
            try await belt.put("1")
            belt.partner.script("1/ack", .accept)
            belt.partner.with { $0.endsPolling = false }
            let (result, _) = try await belt.run()
            #expect(result.openRows)
            #expect(belt.partner.with(\.logLooks) == 1)
            belt.partner.with { $0.log["1/ack"] = .confirmed }
            belt.pass(60)
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }

    @Test(
        "The change log's refusal is no success: the order is tried again, and held when it is refused the same way three times")
    func refused() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .refuse("E1"), .accept, .refuse("E1"))
            belt.partner.with { $0.done["nothing"] = 1 }
            try await belt.run()
            var order = try await belt.order("1")
            #expect((order.status, order.waiting, order.attempts, order.lastError?.code) == (.pushed, .backingOff, 1, "E1"))
            #expect(order.nextAttempt == belt.now.addingTimeInterval(60))

            belt.pass(60)
            try await belt.run()
            belt.partner.with { state in
                state.log["1/ack"] = .refused(Failure(code: "E1", words: "no"))
                state.done["1/ack"] = nil
            }
            belt.pass(30)
            try await belt.run()
            order = try await belt.order("1")
            #expect((order.status, order.attempts, order.hold) == (.pushed, 2, nil))

            belt.pass(120)
            try await belt.run()
            order = try await belt.order("1")
            #expect((order.hold?.reason, order.nextAttempt) == (.refusedByDSCO, nil))
            #expect(try await belt.ledger("1") == ["ack rejected 1", "ack rejected 1", "ack rejected 1"])
            belt.pass(100_000)
            try await belt.run()
            #expect(belt.partner.with(\.sent).count == 3)
        }
    }

    @Test("Other refusals hold the order after twelve attempts")
    func exhausted() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.reactions["1/ack"] = (0..<20).map { .refuse("E\($0)") } }
            try await belt.runUntilSettled("1", limit: 15)
            #expect(try await belt.order("1").hold?.reason == .retriesExhausted)
            #expect(belt.partner.with(\.sent).count == 12)
        }
    }

    @Test("A refusal counts as done when the object shows exactly our effect", arguments: [true, false])
    func refusedAsDone(_ isShown: Bool) async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .refuseAsDone("already"))
            if !isShown { belt.partner.with { _ = $0.hidden.insert("1/ack") } }
            try await belt.run()
            #expect(try await belt.order("1").status == (isShown ? .acknowledged : .pushed))
            #expect(try await belt.ledger("1") == [isShown ? "ack confirmed 1" : "ack rejected 1"])
        }
    }

    @Test("A refusal whose object cannot be read stays a doubt")
    func refusedUnread() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", .refuse("E1"))
            belt.partner.with { _ = $0.unreadable.insert("1/ack") }
            try await belt.run()
            #expect(try await belt.ledger("1") == ["ack unknown 1"])
            #expect(try await belt.order("1").attempts == 0)
        }
    }

    // MARK: Several effects

    @Test("Of two effects one is refused: the other is not repeated, the refused one is tried again")
    func oneOfTwoRefused() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.keys["1"] = ["a", "b"] }
            belt.partner.script("1/b", .refuse("E1"), .confirm)
            try await belt.run()
            #expect(try await belt.order("1").status == .pushed)
            #expect(try await belt.ledger("1") == ["a confirmed 1", "b rejected 1"])
            belt.pass(60)
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(belt.partner.with(\.sent) == ["1/a", "1/b", "1/b"])
        }
    }

    @Test("A round of which a part was rejected is decided anew when the rest is confirmed later")
    func partialRound() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.keys["1"] = ["a", "b"] }
            belt.partner.script("1/a", .accept)
            belt.partner.script("1/b", .refuse("E1"), .confirm)
            try await belt.run()
            #expect(try await belt.ledger("1") == ["a accepted 1", "b rejected 1"])
            belt.partner.with { $0.log["1/a"] = .confirmed }
            belt.pass(30)
            try await belt.run()
            #expect(try await belt.order("1").status == .pushed)
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(belt.partner.with(\.sent) == ["1/a", "1/b", "1/b"])
        }
    }

    @Test("Of two effects in doubt one is there and one is lacking: only that one is sent again")
    func oneOfTwoLacking() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.keys["1"] = ["a", "b"] }
            belt.partner.script("1/a", .cutAfter)
            belt.partner.script("1/b", .cutBefore, .confirm)
            belt.partner.with { $0.unreadable = ["1/a"] }
            try await belt.run()
            belt.pass(120)
            try await belt.run()
            belt.partner.with { $0.unreadable = [] }
            belt.pass(30)
            try await belt.run()
            #expect(try await belt.ledger("1") == ["a confirmed 1", "b confirmed 2"])
            #expect(try await belt.order("1").status == .acknowledged)
            #expect(try await belt.order("1").lingXingOrderNumbers.isEmpty == false)
            #expect(belt.partner.with(\.sent) == ["1/a", "1/b", "1/b"])
        }
    }

    @Test("A lacking effect that is no longer wanted under its key makes room for the one that is")
    func keyChanged() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.keys["1"] = ["old"] }
            belt.partner.script("1/old", .cutBefore)
            try await belt.run()
            belt.partner.with { $0.keys["1"] = ["new"] }
            try await belt.runUntilSettled("1")
            #expect(try await belt.ledger("1") == ["old rejected 1", "new confirmed 1"])
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }
}
