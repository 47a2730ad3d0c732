import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import Testing

@testable import Store

@Suite("What people do to orders")
struct OrderActionsTests {
    @Test("A hold stops the order and says who and why")
    func hold() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1")[0]
            let actions = OrderActions(store.pool)
            #expect(try await actions.hold(key, reason: "address looks odd", by: "ann", now: store.now) == .done)
            let view = try await store.state(key)
            #expect(view.hold?.reason == .byOperator)
            #expect(view.hold?.by == "ann")
            #expect(view.nextAttempt == nil)
            #expect(try await actions.hold(key, reason: "again", by: "bob", now: store.now) == .unchanged)
            let event = try #require(try await OrderDirectory(store.pool).detail(key)?.events.last)
            #expect(event.by == "ann")
            #expect(event.text.contains("address looks odd"))
        }
    }

    @Test("A hold with an effect under way is a mark; a release before it settles takes it back")
    func marked() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1")[0]
            try await store.submission(key, .push, "create", .unknown)
            let actions = OrderActions(store.pool)
            #expect(try await actions.hold(key, reason: "stop", by: "ann", now: store.now) == .marked)
            #expect(try await store.state(key).hold == nil)
            #expect(try await store.column(key, "mark", as: PostgresJSON?.self) != nil)
            #expect(try await actions.release(key, reason: "go", by: "ann", now: store.now) == .done)
            #expect(try await store.column(key, "mark", as: PostgresJSON?.self) == nil)
        }
    }

    @Test("A release accepts the reason and its facts, forgets the backoff and makes the order due")
    func release() async throws {
        try await StoreFixture.run { store in
            let hold = Hold(.multiplePackages, facts: "T1,T2")
            let key = try await store.put("1", status: .acknowledged, hold: hold)[0]
            try await store.set(key, "attempts = 5, same_refusals = 2")
            #expect(try await OrderActions(store.pool).release(key, reason: "send both", by: "ann", now: store.now) == .done)
            let view = try await store.state(key)
            #expect(view.hold == nil)
            #expect(view.attempts == 0)
            #expect(view.nextAttempt == store.now)
            let accepted = try await store.column(key, "accepted_holds", as: PostgresJSON.self)
            #expect(try LedgerCoding.value(accepted.text, what: "holds") == [hold])
            #expect(try await store.column(key, "version", as: Int.self) == 2)
            #expect(try await OrderActions(store.pool).release(key, reason: "", by: "ann", now: store.now) == .unchanged)
        }
    }

    @Test("A doubt is never accepted, only looked at again")
    func doubt() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", hold: Hold(.inDoubt, facts: "create"))[0]
            try await store.submission(key, .push, "create", .unknown)
            #expect(try await OrderActions(store.pool).release(key, reason: "look", by: "ann", now: store.now) == .done)
            #expect(try await store.state(key).nextAttempt == store.now)
            #expect(try await store.column(key, "accepted_holds", as: PostgresJSON.self).text == "[]")
        }
    }

    @Test("A row that cannot be read concerns itself alone: a tick's other orders are made due, pull's others are stored")
    func unreadable() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "bad", "2", status: .pushed)
            for key in keys { try await store.set(key, "next_attempt = 'infinity'") }
            let bad = keys[1]
            try await store.set(bad, "accepted_holds = '[{\"reason\":\"of_tomorrow\"}]'")
            _ = try await OrderActions(store.pool).makeDue(
                ["1", "bad", "2"], stage: .ack, by: "ann", tickID: "t", now: store.now)
            for key in [keys[0], keys[2]] { #expect(try await store.state(key).nextAttempt == store.now) }
            #expect(
                try await store.count("select count(*) from order_event where order_key = 'bad' and kind = 'unreadable'") == 1)

            let later = store.now.addingTimeInterval(60)
            let counts = try await store.pull(
                PulledPage(orders: ["1", "bad", "2"].map { .sample($0, updated: later, note: "new") }))
            #expect((counts.refreshed, counts.quarantined) == (2, 1))
            let error = await #expect(throws: StoreError.self) {
                try await OrderActions(store.pool).hold(bad, reason: "", by: "ann", now: store.now)
            }
            #expect(error?.code == .unreadable)
        }
    }

    @Test("An order that is not there is said so")
    func missing() async throws {
        try await StoreFixture.run { store in
            let error = await #expect(throws: StoreError.self) {
                try await OrderActions(store.pool).hold(OrderKey(rawValue: "no"), reason: "", by: "ann", now: store.now)
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test(
        "set-status closes open effects, supersedes the confirmed ones of stages that run again, and takes hold and mark away",
        arguments: [
            (
                OrderStatus.acknowledged,
                [("create", "confirmed"), ("ack", "confirmed"), ("T1", "superseded"), ("T2", "rejected")]
            ),
            (.shipped, [("create", "confirmed"), ("ack", "confirmed"), ("T1", "confirmed"), ("T2", "confirmed")]),
            (.pulled, [("create", "superseded"), ("ack", "superseded"), ("T1", "superseded"), ("T2", "rejected")]),
            (.invoiced, [("create", "confirmed"), ("ack", "confirmed"), ("T1", "confirmed"), ("T2", "confirmed")]),
        ])
    func setStatus(_ status: OrderStatus, _ expected: [(String, String)]) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .acknowledged, hold: Hold(.inDoubt))[0]
            try await store.submission(key, .push, "create", .confirmed)
            try await store.submission(key, .ack, "ack", .confirmed)
            try await store.submission(key, .ship, "T1", .confirmed)
            try await store.submission(key, .ship, "T2", .unknown)
            try await OrderActions(store.pool).setStatus(
                key, to: status, reason: "seen in the portal", findings: "DSCO has both parcels", by: "ann", now: store.now)
            let detail = try #require(try await OrderDirectory(store.pool).detail(key))
            #expect(detail.order.status == status)
            #expect(detail.order.hold == nil)
            #expect(detail.order.nextAttempt == (status.next == nil ? nil : store.now))
            #expect(detail.submissions.map { "\($0.key) \($0.state.rawValue)" } == expected.map { "\($0.0) \($0.1)" })
            #expect(detail.events.last?.text.contains("seen in the portal") == true)
            #expect(detail.events.last?.text.contains("DSCO has both parcels") == true)
        }
    }

    @Test("Changes of one order by several people at once are all applied, one after the other")
    func together() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1")[0]
            let actions = OrderActions(store.pool)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for status in [OrderStatus.pushed, .acknowledged, .shipped, .pulled] {
                    group.addTask {
                        try await actions.setStatus(key, to: status, reason: "r", findings: nil, by: "p", now: store.now)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.column(key, "version", as: Int.self) == 5)
            #expect(try await store.kinds(key).filter { $0 == "status_set" }.count == 4)
        }
    }
}

@Suite("A tick that names orders makes them due and first")
struct MakeDueTests {
    @Test("Holds are released, backoff is forgotten, the orders' partitions come back; orders elsewhere get an event only")
    func makeDue() async throws {
        try await StoreFixture.run { store in
            let held = try await store.put("1", status: .pushed, hold: Hold(.cancelRequested, facts: "x"))[0]
            let waiting = try await store.put("2", status: .pushed)[0]
            try await store.set(waiting, "wait_reason = 'backing_off', attempts = 7, next_attempt = 'infinity'")
            let elsewhere = try await store.put("3", status: .shipped)[0]
            let partitions = try await OrderActions(store.pool).makeDue(
                ["PO-1", "2", "PO-3", "PO-unknown"], stage: .ack, by: "ann", tickID: "t", now: store.now.addingTimeInterval(60))
            #expect(partitions == Set([held, waiting].map(Partition.of)).sorted())
            for key in [held, waiting] {
                let view = try await store.state(key)
                #expect(view.hold == nil)
                #expect(view.waiting == nil)
                #expect(view.attempts == 0)
                #expect(view.nextAttempt == store.now.addingTimeInterval(60))
                #expect(try await store.column(key, "priority", as: Int.self) == 1)
            }
            #expect(try await store.kinds(held).suffix(2) == ["released", "replayed"])
            #expect(try await store.state(elsewhere).nextAttempt == store.now)
            #expect(try await store.kinds(elsewhere).last == "not_at_stage")
        }
    }

    @Test("A poNumber that several orders share means all of them")
    func shared() async throws {
        try await StoreFixture.run { store in
            let orders = [PulledOrder.sample("1", po: "PO"), .sample("2", po: "PO")]
            _ = try await store.pull(PulledPage(orders: orders))
            let partitions = try await OrderActions(store.pool).makeDue(
                ["PO"], stage: .push, by: "ann", tickID: "t", now: store.now)
            #expect(partitions == Set(orders.map { Partition.of($0.key) }).sorted())
        }
    }

    @Test("Published again, a tick leaves alone what was done meanwhile, also when a run of it is done")
    func once() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let actions = OrderActions(store.pool)
            _ = try await actions.makeDue(["1"], stage: .ack, by: "ann", tickID: "t", now: store.now)
            try await store.set(key, "priority = 0, next_attempt = 'infinity', hold_reason = 'by_operator'")
            _ = try await actions.makeDue(["1"], stage: .ack, by: "ann", tickID: "t", now: store.now)
            #expect(try await store.state(key).hold != nil)

            let runs = StageRunStore(store.session)
            let tick = Tick(id: "t", stage: .ack, trigger: .replay, orders: ["1"])
            try await runs.begin(store.runID, tick, worker: "w", now: store.now)
            try await runs.end(store.runID, RunResult(end: .done), counts: [:], now: store.now)
            _ = try await actions.makeDue(["1"], stage: .ack, by: "ann", tickID: "t", now: store.now)
            #expect(try await store.state(key).hold != nil)
            _ = try await actions.makeDue(["1"], stage: .ack, by: "ann", tickID: "another", now: store.now)
            #expect(try await store.state(key).hold == nil)
        }
    }
}
