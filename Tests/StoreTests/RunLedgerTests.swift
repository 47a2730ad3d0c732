import Domain
import FoundationEssentials
import JSON
import Pipeline
import PostgreSQL
import TestSupport
import Testing

@testable import Store

extension StoreFixture {
    func ledger(_ stage: Stage = .ack, partitions: [Int] = Array(Partition.all), names: [String] = [], run: UUID? = nil)
        -> RunLedger
    {
        RunLedger(session: session, stage: stage, runID: run ?? runID, partitions: partitions, names: names)
    }

    /// A full copy of the order as a run claims it.
    func claimed(_ order: OrderKey, _ stage: Stage = .ack) async throws -> ClaimedOrder {
        try #require(try await ledger(stage).claim(limit: 1000, now: now).orders.first { $0.key == order })
    }

    func intent(
        _ order: OrderKey, _ stage: Stage = .ack, keys: [String] = ["ack"], number: String? = nil, store: String = "S",
        status: OrderStatus? = nil, invoiceID: String? = nil, reopens: [String: Int64] = [:]
    ) async throws -> Intent {
        let claimed = try await claimed(order, stage)
        return Intent(
            order: order, status: status ?? claimed.status, version: claimed.version,
            identity: OutgoingIdentity(number: number ?? claimed.poNumber, idType: .poNumber, storeID: store),
            invoiceID: invoiceID,
            effects: keys.map { Intent.Effect(key: $0, text: JSON.object(["key": .string($0)]).text(), reopens: reopens[$0]) })
    }

    /// Writes intents that are good for a minute.
    func intend(_ intents: Intent..., stage: Stage = .ack) async throws -> [IntendedRow] {
        try await ledger(stage).intend(intents, deadline: now.addingTimeInterval(60), now: now).rows
    }

    func states(_ order: OrderKey) async throws -> [String] {
        try await pool.query("select key || ' ' || state as line from submission where order_key = \(order.rawValue) order by id")
            .map {
                try $0.decode("line")
            }
    }
}

@Suite("A run takes what is due")
struct ClaimTests {
    @Test("Replays first, then the oldest deadline of the stage, those without one last; what is not due stays")
    func order() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", "3", "4", "5", "6", status: .pushed)
            try await store.set(keys[0], "acknowledge_by = null")
            try await store.set(keys[1], "acknowledge_by = \(store.now.addingTimeInterval(60)), ship_by = \(store.now)")
            try await store.set(keys[2], "acknowledge_by = \(store.now.addingTimeInterval(30))")
            try await store.set(keys[3], "acknowledge_by = \(store.now.addingTimeInterval(900)), priority = 1")
            try await store.set(keys[4], "next_attempt = \(store.now.addingTimeInterval(1))")
            try await store.set(keys[5], "status = 3")
            #expect(
                try await store.ledger().claim(limit: 10, now: store.now).orders.map(\.key) == [
                    keys[3], keys[2], keys[1], keys[0],
                ])
            #expect(try await store.ledger().claim(limit: 2, now: store.now).orders.map(\.key) == [keys[3], keys[2]])
            #expect(try await store.ledger().hasDueOrders(now: store.now))
        }
    }

    @Test("A retailer with a few orders need not wait behind the backlog of another, however old that is")
    func turns() async throws {
        try await StoreFixture.run { store in
            let names = (1...6).map { "\($0)" }
            let keys = try await store.put(names[0], names[1], names[2], names[3], names[4], names[5], status: .pushed)
            for (place, key) in keys.enumerated() {
                let retailer = place < 4 ? "large" : "small"
                try await store.set(
                    key, "retailer_id = \(retailer), acknowledge_by = \(store.now.addingTimeInterval(Double(place)))")
            }
            let claimed = try await store.ledger().claim(limit: 5, now: store.now).orders.map(\.key)
            #expect(claimed == [keys[0], keys[4], keys[1], keys[5], keys[2]])
        }
    }

    @Test("However many orders wait for a partner's word, every other turn is that of one still to be sent")
    func awaiting() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", "3", "4", "5", "6", status: .pushed)
            for (place, key) in keys.enumerated() {
                let reason = place < 4 ? "confirming" : nil
                // However many retailers they are of.
                try await store.set(
                    key,
                    "retailer_id = \(key.rawValue), wait_reason = \(reason), acknowledge_by = \(store.now.addingTimeInterval(Double(place)))"
                )
            }
            let claimed = try await store.ledger().claim(limit: 4, now: store.now).orders.map(\.key)
            #expect(claimed == [keys[4], keys[0], keys[5], keys[1]])
        }
    }

    @Test("Only its own partitions, and only the orders that its tick names, by either number")
    func scope() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", "3", status: .pushed)
            let own = Partition.of(keys[0])
            #expect(
                try await store.ledger(partitions: [own]).claim(limit: 9, now: store.now).orders.map(\.key)
                    == keys.filter { Partition.of($0) == own })
            let named = store.ledger(names: ["PO-2", "3", "nobody"])
            #expect(Set(try await named.claim(limit: 9, now: store.now).orders.map(\.key)) == [keys[1], keys[2]])
            #expect(try await named.dueNames(now: store.now) == ["PO-2", "3"])
            try await store.set(keys[1], "next_attempt = 'infinity'")
            #expect(try await named.dueNames(now: store.now) == ["3"])
            try await store.set(keys[2], "next_attempt = 'infinity'")
            #expect(try await !named.hasDueOrders(now: store.now))
            #expect(
                try await RunLedger.partitions(of: ["PO-2", "3"], at: .ack, store.pool)
                    == Set(keys[1...].map(Partition.of)).sorted())
            #expect(try await RunLedger.partitions(of: ["PO-2"], at: .ship, store.pool).isEmpty)
        }
    }

    @Test("An order comes with the ledger of its stage and ship's living rows, and says when its number is shared")
    func contents() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .shipped)[0]
            let twin = PulledOrder.sample("2", po: "PO-1")
            _ = try await store.pull(PulledPage(orders: [twin]))
            for state in SubmissionState.allCases { try await store.submission(key, .invoice, "\(state)", state) }
            try await store.submission(key, .ship, "T1", .confirmed)
            try await store.submission(key, .ship, "T2", .rejected)
            try await store.submission(key, .ack, "ack", .confirmed)
            let claimed = try await store.claimed(key, .invoice)
            #expect(claimed.submissions.map(\.key) == SubmissionState.allCases.map { "\($0)" } + ["T1"])
            #expect(claimed.open(.invoice).map(\.key) == ["intended", "accepted", "unknown"])
            #expect(claimed.confirmedKeys(.invoice) == ["confirmed"])
            #expect(claimed.isNumberShared)
        }
    }

    @Test(
        "An order at push says whether its creation is confirmed, as when a person set its status while the answer was on its way"
    )
    func creation() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", "3", status: .pulled)
            try await store.submission(keys[0], .push, "create", .confirmed)
            try await store.submission(keys[1], .push, "create", .superseded)
            let order = PulledOrder.sample("1").order
            for (key, isConfirmed) in zip(keys, [true, false, false]) {
                #expect(try await store.claimed(key, .push).record(order).isCreationConfirmed == isConfirmed)
            }
        }
    }

    @Test("A number is shared with whoever went out under it, whatever DSCO calls that one now")
    func numberStillUsed() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1")[0]
            let bearer = PulledOrder.sample("2", po: "NEW")
            _ = try await store.pull(PulledPage(orders: [bearer]))
            #expect(try await store.claimed(key, .push).isNumberShared == false)
            try await store.set(bearer.key, "outgoing_number = 'PO-1', outgoing_id_type = 'PO_NUMBER', store_id = 'S'")
            #expect(try await store.claimed(key, .push).isNumberShared)
        }
    }

    @Test("An order whose cancellation in LingXing is open is push's alone, whatever became of its hold")
    func openCancellation() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            try await store.submission(key, .push, "cancel", .unknown)
            #expect(try await store.ledger(.ack).claim(limit: 9, now: store.now).orders.isEmpty)
            let cancelling = store.ledger(.push).with(.cancelling)
            #expect(try await cancelling.claim(limit: 9, now: store.now).orders.map(\.key) == [key])
        }
    }

    @Test("What a run left alone is put off, unless somebody changed it meanwhile")
    func putOff() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", status: .pushed)
            try await store.set(keys[0], "priority = 1")
            let claimed = try await store.ledger().claim(limit: 9, now: store.now).orders
            try await store.set(keys[1], "version = version + 1")
            let until = store.now.addingTimeInterval(60)
            try await store.ledger().putOff(claimed, until: until, now: store.now)
            #expect(try await store.state(keys[0]).nextAttempt == until)
            #expect(try await store.column(keys[0], "priority", as: Int.self) == 0)
            #expect(try await store.state(keys[1]).nextAttempt == store.now)
        }
    }
}

@Suite("An intent is written before anything is sent")
struct IntendTests {
    @Test("It fixes the outgoing number, its type, the store and the invoice id once and for all")
    func identity() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let first = try await store.intent(key, keys: ["a"], invoiceID: "INV")
            #expect(try await store.intend(first).map(\.key) == ["a"])
            try await store.pool.query("update submission set state = 'rejected'")
            let second = try await store.intent(key, keys: ["b"], number: "OTHER", store: "T", invoiceID: "OTHER")
            #expect(try await store.intend(second).count == 1)
            let claimed = try await store.claimed(key)
            #expect(claimed.identity == OutgoingIdentity(number: "PO-1", idType: .poNumber, storeID: "S"))
            #expect(claimed.invoiceID == "INV")
        }
    }

    @Test("All effects of an order are written, with the permission's end")
    func rows() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let rows = try await store.intend(try await store.intent(key, keys: ["b", "a"]))
            #expect(rows.map(\.key).sorted() == ["a", "b"])
            let open = try await store.claimed(key).open(.ack)
            #expect(open.map(\.id).sorted() == rows.map(\.id).sorted())
            #expect(
                open.allSatisfy {
                    $0.state == .intended && $0.deadline == store.now.addingTimeInterval(60) && $0.attempts == 1
                        && $0.runID == store.runID
                })
            #expect(open.first { $0.key == "a" }?.effect == #"{"key":"a"}"#)
        }
    }

    @Test(
        "An order that is not as it was claimed is left out, the others are not",
        arguments: ["version = version + 1", "status = 3", "status = 6"])
    func changed(_ change: String) async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", status: .pushed)
            let (one, two) = (try await store.intent(keys[0]), try await store.intent(keys[1]))
            try await store.set(keys[0], "\(unescaped: change)")
            #expect(try await store.intend(one, two).map(\.order) == [keys[1]])
            #expect(try await store.states(keys[0]).isEmpty)
            #expect(try await store.column(keys[0], "outgoing_number", as: String?.self) == nil)
        }
    }

    @Test(
        "An open effect of an earlier run bars every other of the stage",
        arguments: [SubmissionState.intended, .accepted, .unknown])
    func open(_ state: SubmissionState) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            try await store.submission(key, .ack, "other", state)
            #expect(try await store.intend(try await store.intent(key)).isEmpty)
            try await store.pool.query("update submission set state = 'rejected'")
            #expect(try await store.intend(try await store.intent(key)).count == 1)
        }
    }

    @Test("Two orders never go out under one number of one store")
    func taken() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", status: .pushed)
            #expect(try await store.intend(try await store.intent(keys[0], number: "N")).count == 1)
            let second = try await store.ledger(.ack).intend(
                [try await store.intent(keys[1], number: "N")], deadline: store.now, now: store.now)
            #expect(second == Intended(rows: [], taken: [keys[1]]))
            #expect(try await store.intend(try await store.intent(keys[1], number: "N", store: "T")).count == 1)
        }
    }

    @Test("Two orders of one run that want one number: neither breaks the other orders' intents")
    func takenAtOnce() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", "3", status: .pushed)
            let rows = try await store.intend(
                try await store.intent(keys[0], number: "N"), try await store.intent(keys[1], number: "N"),
                try await store.intent(keys[2]))
            #expect(Set(rows.map(\.order)) == [keys[0], keys[2]])
        }
    }

    @Test(
        "The database itself refuses a second living row of an effect, also to a confirmed one",
        arguments: [
            SubmissionState.intended, .accepted, .unknown, .confirmed,
        ])
    func live(_ state: SubmissionState) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            try await store.submission(key, .ack, "ack", state)
            await #expect(throws: PostgresError.self) { try await store.submission(key, .ack, "ack", .intended) }
            try await store.submission(key, .ack, "ack", .rejected)
            try await store.submission(key, .ack, "ack", .superseded)
            try await store.submission(key, .ship, "ack", .intended)
        }
    }

    @Test("An effect that the partner lacks is sent again by the same row, attempt + 1")
    func reopened() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let id = try await store.submission(
                key, .ack, "ack", .unknown, run: UUID(), deadline: store.now.addingTimeInterval(-900))
            try await store.pool.query(
                "update submission set request_id = 'r', absent_looks = 2, absent_at = \(store.now), sent_at = \(store.now)")
            #expect(try await store.intend(try await store.intent(key, reopens: ["ack": id])).map(\.id) == [id])
            let row = try await store.claimed(key).open(.ack)[0]
            #expect((row.state, row.attempts, row.absentLooks, row.runID) == (.intended, 2, 0, store.runID))
            #expect((row.requestID, row.absentAt, row.sentAt) == (nil, nil, nil))
            #expect(row.deadline == store.now.addingTimeInterval(60))
            #expect(try await store.states(key) == ["ack intended"])
        }
    }

    @Test("A row is not sent again beside another that is open")
    func reopenedBeside() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let id = try await store.submission(key, .ack, "a", .unknown)
            try await store.submission(key, .ack, "b", .accepted)
            #expect(try await store.intend(try await store.intent(key, keys: ["a"], reopens: ["a": id])).isEmpty)
            #expect(try await store.states(key) == ["a unknown", "b accepted"])
        }
    }

    @Test("A worker whose lock session is gone writes nothing")
    func lostSession() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let intent = try await store.intent(key)
            let claimed = try await store.claimed(key)
            let process = try await store.session.query("select pg_backend_pid()")[0].decode(0, as: Int32.self)
            try await store.database.terminate(processes: [process])
            await #expect(throws: PostgresError.self) { try await store.intend(intent) }
            await #expect(throws: PostgresError.self) {
                try await store.ledger().settle([OrderChange(order: key, status: .pushed, outcome: .advance)], now: store.now)
            }
            await #expect(throws: PostgresError.self) {
                try await store.ledger().putOff([claimed], until: store.now, now: store.now)
            }
            #expect(try await store.states(key).isEmpty)
            #expect(try await store.state(key).status == .pushed)
        }
    }
}
