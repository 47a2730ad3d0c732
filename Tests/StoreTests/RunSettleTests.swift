import Domain
import FoundationEssentials
import JSON
import Pipeline
import PostgreSQL
import Testing

@testable import Store

@Suite("Settling stores results, outcomes, marks and the timeline together")
struct SettleTests {
    private func row(_ store: StoreFixture, _ order: OrderKey, _ key: String = "ack", _ state: SubmissionState = .intended)
        async throws -> StoredSubmission
    {
        let id = try await store.submission(order, .ack, key, state, deadline: store.now.addingTimeInterval(60))
        return try #require(try await store.claimed(order).submissions.first { $0.id == id })
    }

    @Test("The last effect's confirmation advances the order in the same transaction")
    func advance() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            try await store.set(key, "attempts = 3, priority = 1, looked_up_at = \(store.now)")
            var change = OrderChange(
                order: key, status: .pushed, submissions: [SubmissionChange(try await row(store, key), state: .confirmed)],
                outcome: .advance,
                lookedUp: true, timeline: [TimelineEntry(.confirmed, "ack")])
            change.learned.lingXingOrderNumbers = ["L1", "L2"]
            change.learned.trackingNumbers = ["T1"]
            #expect(try await store.ledger().settle([change], now: store.now) == [key: .acknowledged])
            let view = try await store.state(key)
            #expect((view.status, view.attempts, view.nextAttempt) == (.acknowledged, 0, store.now))
            #expect(view.lingXingOrderNumbers == ["L1", "L2"])
            #expect(view.trackingNumbers == ["T1"])
            #expect(try await store.column(key, "priority", as: Int.self) == 0)
            #expect(try await store.column(key, "looked_up_at", as: Date?.self) == nil)
            #expect(try await store.states(key) == ["ack confirmed"])
            #expect(try await store.count("select count(*) from submission where settled_at is not null") == 1)
            #expect(try await store.kinds(key).suffix(2) == ["confirmed", "advanced"])
        }
    }

    @Test("What was learned is kept, and what nothing was learned about stays")
    func learned() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            var change = OrderChange(
                order: key, status: .pushed, outcome: .wait(.notReviewed, until: store.now, rechecks: 0), lookedUp: true)
            change.learned.identity = OutgoingIdentity(number: "N", idType: .dscoOrderID, storeID: "S")
            change.learned.lingXingOrderNumbers = ["L1"]
            change.learned.fulfilment = Fulfilment(shipments: [])
            try await store.ledger().settle([change], now: store.now)
            let again = OrderChange(order: key, status: .pushed, outcome: .wait(.notReviewed, until: store.now, rechecks: 1))
            try await store.ledger().settle([again], now: store.now)
            let claimed = try await store.claimed(key)
            #expect(claimed.identity == OutgoingIdentity(number: "N", idType: .dscoOrderID, storeID: "S"))
            #expect(claimed.lingXingOrderNumbers == ["L1"])
            #expect(claimed.fulfilment == Fulfilment(shipments: []))
            #expect(claimed.lookedUpAt == store.now)
            #expect(claimed.rechecks == 1)
        }
    }

    @Test("Names once fixed stay, whatever is learned later")
    func names() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let fixed = OutgoingIdentity(number: "N", idType: .dscoOrderID, storeID: "S")
            for (identity, invoice) in [(fixed, "I"), (OutgoingIdentity(number: "M", idType: .poNumber, storeID: "T"), "J")] {
                var change = OrderChange(
                    order: key, status: .pushed, outcome: .wait(.notReviewed, until: store.now, rechecks: 0))
                change.learned.identity = identity
                change.learned.invoiceID = invoice
                try await store.ledger().settle([change], now: store.now)
            }
            let claimed = try await store.claimed(key)
            #expect(claimed.identity == fixed)
            #expect(claimed.invoiceID == "I")
        }
    }

    @Test("An order that would advance under a number that another one of the store holds is held instead")
    func othersNumber() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2")
            try await store.set(keys[0], "outgoing_number = 'N', outgoing_id_type = 'PO_NUMBER', store_id = 'S'")
            var change = OrderChange(order: keys[1], status: .pulled, outcome: .advance)
            change.learned.identity = OutgoingIdentity(number: "N", idType: .dscoOrderID, storeID: "S")
            #expect(try await store.ledger(.push).settle([change], now: store.now) == [keys[1]: .pulled])
            let hold = try #require(try await store.state(keys[1]).hold)
            #expect((hold.reason, hold.facts) == (.poNumberShared, "N"))
        }
    }

    @Test("With another effect still open an order does not move, and its mark waits")
    func stillOpen() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let (one, two) = (try await row(store, key, "a"), try await row(store, key, "b", .accepted))
            _ = try await OrderActions(store.pool).hold(key, reason: "stop", by: "ann", now: store.now)
            let later = store.now.addingTimeInterval(9)
            let change = OrderChange(
                order: key, status: .pushed,
                submissions: [SubmissionChange(one, state: .confirmed), SubmissionChange(two, state: .accepted)],
                outcome: .wait(.confirming, until: later, rechecks: 0))
            try await store.ledger().settle([change], now: store.now)
            let view = try await store.state(key)
            #expect((view.status, view.hold, view.nextAttempt) == (.pushed, nil, later))
            #expect(try await store.column(key, "mark", as: PostgresJSON?.self) != nil)
            #expect(try await store.states(key) == ["a confirmed", "b accepted"])

            let last = OrderChange(
                order: key, status: .pushed, submissions: [SubmissionChange(two, state: .confirmed)], outcome: .advance)
            try await store.ledger().settle([last], now: store.now)
            #expect(try await store.state(key).status == .acknowledged)
            #expect(try await store.state(key).hold?.reason == .byOperator)
            #expect(try await store.state(key).hold?.by == "ann")
            #expect(try await store.column(key, "mark", as: PostgresJSON?.self) == nil)
        }
    }

    @Test("A person who moved the order meanwhile wins; the result is recorded all the same, and the order is held")
    func changedUnderWay() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let row = try await row(store, key)
            try await OrderActions(store.pool).setStatus(
                key, to: .pulled, reason: "again", findings: nil, by: "ann", now: store.now)
            #expect(try await store.states(key) == ["ack rejected"])
            let change = OrderChange(
                order: key, status: .pushed, submissions: [SubmissionChange(row, state: .confirmed)], outcome: .advance)
            #expect(try await store.ledger().settle([change], now: store.now) == [key: .pulled])
            #expect(try await store.state(key).hold?.reason == .changedUnderWay)
            #expect(try await store.states(key) == ["ack confirmed"])
        }
    }

    @Test(
        "Effects that a person closed stay closed to anything less than a confirmation",
        arguments: [
            (SubmissionState.accepted, "ack rejected"), (.unknown, "ack rejected"), (.confirmed, "ack confirmed"),
        ])
    func closed(_ answer: SubmissionState, _ end: String) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let row = try await row(store, key)
            try await OrderActions(store.pool).setStatus(
                key, to: .pushed, reason: "again", findings: nil, by: "ann", now: store.now)
            try await store.ledger().record([SubmissionChange(row, state: answer)], now: store.now)
            #expect(try await store.states(key) == [end])
            let outcome: Outcome = answer == .confirmed ? .advance : .wait(.confirming, until: store.now, rechecks: 0)
            try await store.ledger().settle(
                [OrderChange(order: key, status: .pushed, submissions: [SubmissionChange(row, state: answer)], outcome: outcome)],
                now: store.now)
            #expect(try await store.states(key) == [end])
            // A confirmation that was recorded is the row's own end; anything else contradicts what the person said.
            #expect(try await store.state(key).hold?.reason == (answer == .confirmed ? nil : .changedUnderWay))
        }
    }

    @Test("A decision from a row that changed since leaves the row as it is, and what brought it back stays")
    func outdated() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let version = try await store.claimed(key).version
            _ = try await OrderActions(store.pool).hold(key, reason: "stop", by: "ann", now: store.now)
            let change = OrderChange(
                order: key, status: .pushed, version: version,
                outcome: .wait(.notReviewed, until: store.now.addingTimeInterval(60), rechecks: 0))
            try await store.ledger().settle([change], now: store.now)
            #expect(try await store.state(key).hold?.reason == .byOperator)
            _ = try await OrderActions(store.pool).release(key, reason: "go", by: "ann", now: store.now)
            try await store.ledger().settle([change], now: store.now)
            #expect(try await store.state(key).nextAttempt == store.now)
            #expect(try await store.state(key).waiting == nil)
        }
    }

    @Test(
        "The last error is stored with code, words and time; an order that nothing but a person brings back has no next attempt")
    func failure() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let failure = Failure(code: "E1", words: "no \u{0}such order")
            try await store.ledger().settle(
                [OrderChange(order: key, status: .pushed, outcome: .hold(Hold(.refusedByDSCO, facts: "E1"), failure: failure))],
                now: store.now)
            let view = try await store.state(key)
            #expect((view.lastError?.code, view.lastError?.text, view.lastError?.at) == ("E1", "no such order", store.now))
            #expect(view.nextAttempt == nil)
            #expect(view.attempts == 1)
            #expect(try await store.ledger().claim(limit: 9, now: .distantFuture).orders.isEmpty)
        }
    }

    @Test("Effects left open beside one in doubt are looked at again although the order is held")
    func besideDoubt() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let (one, two) = (try await row(store, key, "a", .unknown), try await row(store, key, "b", .accepted))
            var change = OrderChange(
                order: key, status: .pushed,
                submissions: [SubmissionChange(one, state: .unknown), SubmissionChange(two, state: .accepted)],
                outcome: .hold(Hold(.inDoubt, facts: "a"), failure: nil))
            #expect(try await store.ledger().hasOpenRows())
            try await store.ledger().settle([change], now: store.now)
            #expect(try await store.state(key).nextAttempt == nil)
            #expect(try await !store.ledger().hasOpenRows())
            change.nextLook = store.now.addingTimeInterval(8)
            try await store.ledger().settle([change], now: store.now)
            #expect(try await store.state(key).nextAttempt == store.now.addingTimeInterval(8))
            #expect(try await store.ledger().hasOpenRows())
        }
    }
}

@Suite("LingXing's changes make waiting orders due")
struct WindowTests {
    private let overlap: TimeInterval = 60

    private func put(_ store: StoreFixture, _ id: String, _ assignment: PostgresQuery = "wait_reason = 'not_reviewed'")
        async throws -> OrderKey
    {
        let key = try await store.put(id, status: .pushed)[0]
        try await store.set(
            key, "outgoing_number = \("PO-" + id), store_id = 'S', outgoing_id_type = 'PO_NUMBER', next_attempt = 'infinity'")
        try await store.set(key, assignment)
        return key
    }

    @Test("A partition's first window begins now; the run's window begins with the oldest of its partitions")
    func start() async throws {
        try await StoreFixture.run { store in
            let first = try await store.ledger(partitions: [1, 2]).windowStart("ack", now: store.now, overlap: overlap)
            #expect(first == store.now.addingTimeInterval(-60))
            let later = store.now.addingTimeInterval(600)
            try await store.ledger(partitions: [1]).storeCandidates([], sweeps: ["ack"], until: later, overlap: overlap)
            #expect(try await store.ledger(partitions: [1]).windowStart("ack", now: later, overlap: overlap) == later)
            #expect(try await store.ledger(partitions: [1, 2, 3]).windowStart("ack", now: later, overlap: overlap) == first)
            try await store.ledger(partitions: [1]).storeCandidates([], sweeps: ["ack"], until: store.now, overlap: overlap)
            #expect(try await store.ledger(partitions: [1]).windowStart("ack", now: later, overlap: overlap) == later)
        }
    }

    @Test("Only orders of the stage, the store and the partitions that have not been looked up since")
    func candidates() async throws {
        try await StoreFixture.run { store in
            let waiting = try await put(store, "1")
            let lookedUp = try await put(
                store, "2", "wait_reason = 'not_reviewed', looked_up_at = \(store.now.addingTimeInterval(61))")
            let cured = try await put(store, "3", "hold_reason = 'cancelled_in_lingxing'")
            let otherHold = try await put(store, "4", "hold_reason = 'by_operator'")
            let confirming = try await put(store, "5", "wait_reason = 'confirming'")
            let backingOff = try await put(store, "6", "wait_reason = 'backing_off'")
            let otherStore = try await put(store, "7", "store_id = 'T'")
            let otherStage = try await put(store, "8", "status = 3")
            let otherShard = try await put(store, "9")
            let changed = (1...9).map { ChangedOrder(storeID: "S", number: "PO-\($0)", updated: store.now) }
            let partitions = Partition.all.filter { $0 != Partition.of(otherShard) }
            try #require(Partition.of(otherShard) != Partition.of(waiting) && Partition.of(otherShard) != Partition.of(cured))
            try await store.ledger(partitions: partitions).storeCandidates(
                changed, sweeps: ["ack"], until: store.now, overlap: overlap)
            for (key, isDue) in [(waiting, true), (cured, true)]
                + [lookedUp, otherHold, confirming, backingOff, otherStore, otherStage, otherShard].map({ ($0, false) })
            {
                #expect(try await store.state(key).nextAttempt == (isDue ? store.now : nil), "\(key)")
            }
        }
    }

    @Test(
        "A change is awaited where an order of the stage and the partitions waits for LingXing, not for its turn, DSCO or a person"
    )
    func awaited() async throws {
        try await StoreFixture.run { store in
            func isAwaited(_ partitions: [Int] = Array(Partition.all)) async throws -> Bool {
                try await store.ledger(partitions: partitions).awaitsChanges(now: store.now)
            }
            _ = try await put(store, "1", "hold_reason = 'by_operator'")
            _ = try await put(store, "2", "wait_reason = 'confirming'")
            _ = try await put(store, "3", "wait_reason = 'backing_off'")
            _ = try await put(store, "4", "status = 3")
            _ = try await put(store, "5", "next_attempt = \(store.now)")
            #expect(try await !isAwaited())
            let order = try await put(store, "6")
            #expect(try await isAwaited())
            #expect(try await !isAwaited(Partition.all.filter { $0 != Partition.of(order) }))
            try await store.set(order, "hold_reason = 'deleted_in_lingxing'")
            #expect(try await isAwaited())
        }
    }

    @Test("An order that is due already is not written again")
    func dueAlready() async throws {
        try await StoreFixture.run { store in
            let due = try await put(store, "1", "next_attempt = \(store.now.addingTimeInterval(-1))")
            func written() async throws -> String {
                let rows = try await store.pool.query(
                    "select ctid::text from dsco_order_sync where order_key = \(due.rawValue)")
                return try rows[0].decode(0)
            }
            let before = try await written()
            try await store.ledger().storeCandidates(
                [ChangedOrder(storeID: "S", number: "PO-1", updated: store.now)], sweeps: ["ack"], until: store.now,
                overlap: overlap)
            #expect(try await written() == before)
        }
    }

    @Test("Payloads are fresh while pull's sweep over changes is at most so far behind; never before its first")
    func freshness() async throws {
        try await StoreFixture.run { store in
            #expect(try await !store.ledger().payloadsAreFresh(within: 600, now: store.now))
            try await SweepCursors.move(
                [SweepCursor(name: SweepCursor.dscoUpdated, doneUntil: store.now)], now: store.now, on: store.session)
            #expect(try await store.ledger().payloadsAreFresh(within: 600, now: store.now.addingTimeInterval(600)))
            #expect(try await !store.ledger().payloadsAreFresh(within: 600, now: store.now.addingTimeInterval(601)))
        }
    }

    @Test("What a run decided by a configuration that was changed meanwhile gets a new look", arguments: [true, false])
    func reexamined(_ isChanged: Bool) async throws {
        try await StoreFixture.run { store in
            let configurations = RuntimeConfigurationStore(store.pool)
            let used = try await configurations.set(RuntimeConfiguration(), ifVersion: nil, by: "ann", now: store.now)
            let held = try await put(store, "1", "hold_reason = 'shop_unmapped', updated_at = \(store.now)")
            let before = try await put(
                store, "2", "hold_reason = 'shop_unmapped', updated_at = \(store.now.addingTimeInterval(-1))")
            let stopped = try await put(store, "3", "hold_reason = 'by_operator', updated_at = \(store.now)")
            if isChanged {
                var configuration = RuntimeConfiguration()
                configuration.stock.reserve = 1
                _ = try await configurations.set(configuration, ifVersion: 1, by: "ann", now: store.now)
            }
            try await store.ledger().reexamine(unlessConfigurationIs: used.version, started: store.now, now: store.now)
            #expect(try await store.state(held).nextAttempt == (isChanged ? store.now : nil))
            #expect(try await store.state(before).nextAttempt == nil)
            #expect(try await store.state(stopped).nextAttempt == nil)
        }
    }
}
