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
            belt.pass(30)
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

    @Test("The change log's refusal is no success: the order is tried again, and held when it is refused the same way three times")
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

    // MARK: Doubt

    @Test("A worker that died before sending: left alone until the deadline, resent only after settling and two looks, by the same row")
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

    @Test("No log row after twelve times settling, or a log that is complete without ours: the object says", arguments: [true, false], [true, false])
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
            try await belt.query("update dsco_order_sync set hold_reason = 'by_operator', hold_since = \(belt.now), hold_facts = ''")
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

    // MARK: Others

    @Test("With writing switched off a run says once what it would send, and writes and sends nothing")
    func writeOff() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.configure { $0.ack.write = false }
            try await belt.run()
            let order = try await belt.order("1")
            #expect((order.status, order.waiting, order.nextAttempt) == (.pushed, .writeOff, belt.now.addingTimeInterval(3600)))
            #expect(try await belt.ledger("1").isEmpty)
            #expect(belt.partner.with(\.sent).isEmpty)
            belt.pass(3600)
            try await belt.run()
            #expect(try await belt.kinds("1").filter { $0 == "would_send" }.count == 1)
            #expect(try await belt.order("1").nextAttempt == belt.now.addingTimeInterval(7200))
        }
    }

    @Test("With writing switched off open effects are still confirmed and reconciled, never sent", arguments: [true, false])
    func writeOffOpen(_ isDone: Bool) async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.script("1/ack", isDone ? .cutAfter : .cutBefore)
            try await belt.run()
            belt.configure { $0.ack.write = false }
            try await belt.runUntilSettled("1", limit: 6)
            #expect(try await belt.order("1").status == (isDone ? .acknowledged : .pushed))
            #expect(try await belt.ledger("1") == [isDone ? "ack confirmed 1" : "ack rejected 1"])
            #expect(belt.partner.with(\.sent).count == 1)
        }
    }

    @Test("With writing switched off an order whose effects are all confirmed still advances")
    func writeOffConfirmed() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            try await belt.run()
            belt.configure { $0.ack.write = false }
            try await belt.query("update dsco_order_sync set status = 2, next_attempt = \(belt.now), version = version + 1")
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }

    @Test("A partner's outage fails the run, costs no attempt and holds nothing")
    func outage() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.isDown = true }
            await #expect(throws: FakePartner.Down.self) { try await belt.run() }
            belt.partner.with { $0.isDown = false }
            belt.partner.script("1/ack", .notExecuted)
            let (result, _) = try await belt.run()
            #expect(result.end == .failed)
            let order = try await belt.order("1")
            #expect((order.attempts, order.hold, order.waiting) == (0, nil, .backingOff))
            #expect(try await belt.ledger("1") == ["ack rejected 1"])
            belt.pass(60)
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }

    @Test("One order's trouble leaves the others untouched", arguments: ["payload", "decision", "effect", "refused", "cut", "unnamed"])
    func oneBadOrder(_ trouble: String) async throws {
        try await Belt.run { belt in
            try await belt.put("bad", named: trouble != "unnamed", payload: trouble == "payload" ? "{}" : trouble == "unnamed" ? #"{"id":"bad","r":"unmapped"}"# : nil)
            for id in ["1", "2"] { try await belt.put(id) }
            switch trouble {
            case "decision": belt.partner.with { _ = $0.undecidable.insert("bad") }
            case "refused": belt.partner.script("bad/ack", .refuse("E"))
            case "cut": belt.partner.script("bad/ack", .cutBefore)
            case "effect":
                try await belt.query(
                    """
                    insert into submission (stage, order_key, key, state, effect, run_id, created_at, deadline_at)
                    values ('ack', 'bad', 'ack', 'unknown', '[]', \(UUID()), \(belt.now), \(belt.now))
                    """)
            default: break
            }
            try await belt.run()
            for id in ["1", "2"] { #expect(try await belt.order(id).status == .acknowledged) }
            let bad = try await belt.order("bad")
            #expect(bad.status == .pushed)
            #expect(bad.nextAttempt! > belt.now)
            #expect(bad.attempts == (trouble == "cut" ? 0 : 1))
        }
    }

    @Test("What is fixed on the row goes before the configuration; what is not is taken from it and fixed")
    func identity() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            try await belt.put("2", named: false)
            belt.configure { configuration in
                configuration.identity = .dscoOrderID
                configuration.mapping.shop["R"] = "NEW"
            }
            try await belt.run()
            let names = try await belt.pool.query("select outgoing_number || ' ' || store_id as name from dsco_order_sync order by order_key")
            #expect(try names.map { try $0.decode("name", as: String.self) } == ["PO-1 S", "2 NEW"])
        }
    }

    @Test("An order cancelled while its effect was on its way: the result first, then the mark", arguments: [true, false])
    func cancelledUnderWay(_ succeeds: Bool) async throws {
        try await Belt.run { belt in
            let key = try await belt.put("1")
            if !succeeds { belt.partner.script("1/ack", .refuse("E1")) }
            belt.partner.with { state in
                state.meanwhile = {
                    let result = try await OrderActions(belt.pool).hold(key, reason: "stop", by: "ann", now: belt.now)
                    #expect(result == .marked)
                }
            }
            try await belt.run()
            let order = try await belt.order("1")
            #expect(order.status == (succeeds ? .acknowledged : .pushed))
            #expect((order.hold?.reason, order.nextAttempt) == (.byOperator, nil))
        }
    }

    @Test("A person who sets the status while an effect is on its way wins, and the order is held")
    func statusSetUnderWay() async throws {
        try await Belt.run { belt in
            let key = try await belt.put("1")
            belt.partner.with { state in
                state.meanwhile = {
                    try await OrderActions(belt.pool).setStatus(key, to: .cancelled, reason: "r", findings: nil, by: "ann", now: belt.now)
                }
            }
            try await belt.run()
            let order = try await belt.order("1")
            #expect((order.status, order.hold?.reason) == (.cancelled, .changedUnderWay))
            #expect(try await belt.ledger("1") == ["ack confirmed 1"])
        }
    }

    @Test("Decisions that send nothing", arguments: ["wait", "hold", "advance"])
    func nothingToSend(_ what: String) async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            let decision: Decision<ProbeEffect> =
                switch what {
                case "wait": .wait(.notReviewed)
                case "hold": .hold(Hold(.cancelRequested))
                default: .advance(note: "there already")
                }
            belt.partner.with { $0.decisions["1"] = Decided(decision, Learned(lingXingOrderNumbers: ["L9"])) }
            try await belt.run()
            let order = try await belt.order("1")
            #expect(order.lingXingOrderNumbers == ["L9"])
            #expect(belt.partner.with(\.sent).isEmpty)
            switch what {
            case "wait": #expect((order.waiting, order.nextAttempt) == (.notReviewed, belt.now.addingTimeInterval(3600)))
            case "hold": #expect((order.hold?.reason, order.nextAttempt) == (.cancelRequested, nil))
            default: #expect(order.status == .acknowledged)
            }
        }
    }

    @Test("A waiting order is looked up again more and more seldom, and its stage's change of mind begins anew")
    func slowCycle() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.decisions["1"] = Decided(.wait(.notReviewed)) }
            for pause in [3600.0, 7200, 14_400] {
                try await belt.run()
                #expect(try await belt.order("1").nextAttempt == belt.now.addingTimeInterval(pause))
                belt.pass(pause)
            }
            belt.partner.with { $0.decisions["1"] = Decided(.wait(.partlyShipped)) }
            for _ in 1...2 {
                try await belt.run()
                #expect(try await belt.order("1").nextAttempt == belt.now.addingTimeInterval(300))
                belt.pass(300)
            }
        }
    }

    // MARK: Batches

    @Test("A full batch says that work is left while more is due; the last one does not")
    func workLeft() async throws {
        try await Belt.run { belt in
            for id in ["1", "2", "3"] { try await belt.put(id) }
            belt.configure { $0.jobs[.ack]?.size = 2 }
            #expect(try await belt.run().result.workLeft)
            #expect(try await !belt.run().result.workLeft)
            #expect(belt.partner.with(\.sent).count == 3)
        }
    }

    @Test("A run that is cut short says that work is left, although its batch was not full")
    func cutShort() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            #expect(try await belt.run(budget: .zero).result.workLeft)
            #expect(belt.partner.with(\.sent).isEmpty)
            #expect(try await belt.order("1").nextAttempt == belt.now)
        }
    }

    @Test("A run for named orders touches no other, and names those that remain")
    func named() async throws {
        try await Belt.run { belt in
            for id in ["1", "2", "3", "4"] { try await belt.put(id) }
            belt.configure { $0.jobs[.ack]?.size = 2 }
            let (result, _) = try await belt.run(names: ["1", "PO-2", "3"])
            #expect(result.workLeft)
            #expect(result.remainingOrders == ["3"])
            let (rest, _) = try await belt.run(names: ["3"])
            #expect(rest == RunResult(end: .done))
            #expect(belt.partner.with(\.sent) == ["1/ack", "2/ack", "3/ack"])
        }
    }

    @Test("An order that the partner says nothing about is left alone, and does not stand in the others' way")
    func leftAlone() async throws {
        try await Belt.run { belt in
            for id in ["1", "2"] { try await belt.put(id) }
            belt.configure { $0.jobs[.ack]?.size = 1 }
            belt.partner.with { $0.unknownOrders = ["1"] }
            try await belt.query("update dsco_order_sync set priority = 1 where order_key = '1'")
            #expect(try await belt.run().result.workLeft)
            #expect(try await belt.order("1").nextAttempt == belt.now.addingTimeInterval(60))
            try await belt.run()
            #expect(try await belt.order("2").status == .acknowledged)
        }
    }

    @Test("With nothing due nothing is asked, but open effects are remembered")
    func nothingDue() async throws {
        try await Belt.run { belt in
            belt.partner.with { $0.isDown = true }
            #expect(try await belt.run().result == RunResult(end: .done))
            belt.partner.with { $0.isDown = false }
            try await belt.put("1")
            belt.partner.script("1/ack", .accept)
            try await belt.run()
            #expect(try await belt.run().result == RunResult(end: .done, openRows: true))
        }
    }
}
