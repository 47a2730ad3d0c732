import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import StageRunner
import Store
import Testing

@Suite("A run leaves every order in a state of its own", .timeLimit(.minutes(2)))
struct OrderRunOrdersTests {
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
            // Whoever lists runs sees what failed, and none of the partner's words (invariant 8).
            #expect(result.failure == "\(FakePartner.outOfService)")
            #expect(result.failure?.contains("Jane") == false)
            let order = try await belt.order("1")
            #expect((order.attempts, order.hold, order.waiting) == (0, nil, .circuitOpen))
            #expect(try await belt.ledger("1") == ["ack rejected 1"])
            belt.pass(60)
            try await belt.run()
            #expect(try await belt.order("1").status == .acknowledged)
        }
    }

    @Test(
        "One order's trouble leaves the others untouched",
        arguments: ["payload", "decision", "effect", "refused", "cut", "unnamed"])
    func oneBadOrder(_ trouble: String) async throws {
        try await Belt.run { belt in
            try await belt.put(
                "bad", named: trouble != "unnamed",
                payload: trouble == "payload" ? "{}" : trouble == "unnamed" ? #"{"id":"bad","r":"unmapped"}"# : nil)
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

    @Test("A decision that sends nothing fixes no names: the configuration may still be corrected")
    func unfixed() async throws {
        try await Belt.run { belt in
            var learned = Learned()
            learned.identity = OutgoingIdentity(number: "PO", idType: .poNumber, storeID: "S")
            learned.invoiceID = "INV"
            let decisions: [Decision<ProbeEffect>] = [.wait(.notReviewed), .hold(Hold(.noUnitsLeft))]
            for (id, decision) in zip(["1", "2"], decisions) {
                try await belt.put(id, named: false)
                belt.partner.with { $0.decisions[id] = Decided(decision, learned) }
            }
            try await belt.run()
            let named = try await belt.pool.query(
                "select count(*) from dsco_order_sync where num_nonnulls(outgoing_number, store_id, invoice_id) > 0")
            #expect(try named[0].decode(0, as: Int.self) == 0)
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
            let names = try await belt.pool.query(
                "select outgoing_number || ' ' || store_id as name from dsco_order_sync order by order_key")
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
                    try await OrderActions(belt.pool).setStatus(
                        key, to: .cancelled, reason: "r", findings: nil, by: "ann", now: belt.now)
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
            for pause in [3600.0, 7200] {
                try await belt.run()
                #expect(try await belt.order("1").nextAttempt == belt.now.addingTimeInterval(pause))
                belt.pass(pause)
            }
        }
    }

    @Test("What LingXing shows as shipped is looked up every five minutes until its rows are complete")
    func imminent() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            var decided = Decided<ProbeEffect>(.wait(.partlyShipped))
            decided.isImminent = true
            belt.partner.with { $0.decisions["1"] = decided }
            for _ in 1...3 {
                try await belt.run()
                #expect(try await belt.order("1").nextAttempt == belt.now.addingTimeInterval(300))
                belt.pass(300)
            }
        }
    }

    @Test("A look that a change at LingXing forced does not make the next one rarer")
    func forcedLook() async throws {
        try await Belt.run { belt in
            try await belt.put("1")
            belt.partner.with { $0.decisions["1"] = Decided(.wait(.notReviewed)) }
            try await belt.run()
            for _ in 1...3 {
                belt.pass(60)
                try await belt.query("update dsco_order_sync set next_attempt = \(belt.now)")
                try await belt.run()
                #expect(try await belt.order("1").nextAttempt == belt.now.addingTimeInterval(3600))
            }
            belt.pass(3600)
            try await belt.run()
            #expect(try await belt.order("1").nextAttempt == belt.now.addingTimeInterval(7200))
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
