import Domain
import FoundationEssentials
import JSON
import Pipeline
import PostgreSQL
import Testing

@testable import Store

@Suite("What DSCO lists is stored")
struct PullStoreTests {
    @Test("A new order stands on the belt with everything derived from its payload")
    func newOrder() async throws {
        try await StoreFixture.run { store in
            let order = PulledOrder.sample("1001", note: #"caf\u00e9 \u0000 1.10"#) { order in
                order.requestedWarehouseCode = "W1"
                order.shippingServiceLevelCode = "GROUND"
            }
            let counts = try await store.pull(PulledPage(orders: [order]))
            #expect(counts.new == 1)
            let view = try await store.state(order.key)
            #expect(view.status == .pulled)
            #expect(view.nextAttempt == store.now)
            #expect(view.mskus == ["MSKU-1(2)"])
            #expect(try await store.column(order.key, "partition", as: Int.self) == Partition.of(order.key))
            #expect(try await store.column(order.key, "warehouse_id", as: String.self) == "W1")
            #expect(try await store.column(order.key, "shipment", as: String.self) == "W1-GROUND")
            #expect(try await store.column(order.key, "payload", as: PostgresJSON.self).bytes == order.payload)
            #expect(try await store.kinds(order.key) == ["pulled"])
        }
    }

    @Test("Names of goods and of the way to ship are the ones that decisions and mappings use")
    func names() async throws {
        try await StoreFixture.run { store in
            let order = PulledOrder.sample("1") { order in
                order.requestedWarehouseCode = "W1"
                order.shippingServiceLevelCode = " "
                order.requestedShippingServiceLevelCode = "NEXT"
                order.lines[0].partnerSKU = " "
                order.lines[0].sku = "SKU-1"
            }
            _ = try await store.pull(PulledPage(orders: [order]))
            #expect(try await store.column(order.key, "shipment", as: String.self) == "W1-NEXT")
            #expect(try await store.state(order.key).mskus == ["SKU-1(2)"])
        }
    }

    @Test("Text columns lose U+0000, the payload keeps it")
    func nul() async throws {
        try await StoreFixture.run { store in
            let order = PulledOrder.sample("1\u{0}001", note: #"\u0000"#) { $0.retailerID = "re\u{0}tailer" }
            _ = try await store.pull(PulledPage(orders: [order]))
            _ = try await store.pull(PulledPage(orders: [order]))
            #expect(try await store.state(OrderKey(rawValue: "1001")).retailerID == "retailer")
            #expect(try await store.column(order.key, "payload", as: PostgresJSON.self).bytes == order.payload)
        }
    }

    @Test("An order that comes again as it is stored is known; anything else is not")
    func known() async throws {
        try await StoreFixture.run { store in
            let stored = PulledOrder.sample("1"), former = PulledOrder.sample("2")
            _ = try await store.pull(PulledPage(orders: [stored, former]))
            // As a version before the digest left it.
            try await store.set(former.key, "payload_digest = null")
            let news = PulledOrder.sample("1", note: "news"), new = PulledOrder.sample("3")
            let pull = PullStore(session: store.session, runID: store.runID, recheck: 60, decode: PulledOrder.decode)
            let known = try await pull.known(
                [news, stored, former, new].map { ($0.key, $0.digest) } + [(nil, stored.digest), (new.key, stored.digest)])
            #expect(known.map { $0?.key } == [nil, nil, former.key, nil, nil, nil], "1 comes twice: the newest counts")
            let again = try await pull.known([stored, former].map { ($0.key, $0.digest) })
            #expect(again.map { $0?.key } == [stored.key, former.key])

            let counts = try await store.pull(PulledPage(orders: [], unchanged: again.compactMap(\.self)))
            #expect(counts.unchanged == 2 && counts.new + counts.refreshed == 0)
        }
    }

    @Test("A refresh counts as a change only when something really changed")
    func refresh() async throws {
        try await StoreFixture.run { store in
            let later = store.now.addingTimeInterval(60)
            _ = try await store.pull(PulledPage(orders: [.sample("1")]))
            let key = PulledOrder.sample("1").key

            #expect(try await store.pull(PulledPage(orders: [.sample("1")]), at: later).unchanged == 1)
            #expect(try await store.column(key, "version", as: Int.self) == 1)
            #expect(try await store.column(key, "updated_at", as: Date.self) == store.now)

            #expect(try await store.pull(PulledPage(orders: [.sample("1", note: "news")]), at: later).refreshed == 1)
            #expect(try await store.column(key, "version", as: Int.self) == 2)
            #expect(try await store.column(key, "updated_at", as: Date.self) == later)
            #expect(try await store.kinds(key) == ["pulled", "refreshed"])
        }
    }

    @Test("An older listing never replaces a newer payload")
    func staleListing() async throws {
        try await StoreFixture.run { store in
            let newer = PulledOrder.sample("1", updated: store.now, note: "newer")
            _ = try await store.pull(PulledPage(orders: [newer]))
            let older = PulledOrder.sample("1", updated: store.now.addingTimeInterval(-1), note: "older")
            _ = try await store.pull(PulledPage(orders: [older]))
            _ = try await store.pull(PulledPage(orders: [newer, older]))
            #expect(try await store.column(newer.key, "payload", as: PostgresJSON.self).bytes == newer.payload)
        }
    }

    private func cancelled(_ id: String) -> PulledOrder {
        .sample(id, note: "cancelled") { $0.dscoStatus = .cancelled }
    }

    @Test("DSCO's cancellation moves an order that was not pushed to 6, whatever its hold")
    func cancel() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", hold: Hold(.shopUnmapped))[0]
            #expect(try await store.pull(PulledPage(orders: [cancelled("1")])).cancelled == 1)
            let view = try await store.state(key)
            #expect(view.status == .cancelled)
            #expect(view.hold == nil)
            #expect(view.nextAttempt == nil)
            #expect(try await store.kinds(key).last == "cancelled")
        }
    }

    @Test("An order whose creation LingXing has confirmed is held, not cancelled unseen, though it stands at push still")
    func cancelCreated() async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", status: .pulled)
            try await store.submission(keys[0], .push, "create", .confirmed)
            try await store.submission(keys[1], .push, "create", .superseded)
            _ = try await store.pull(PulledPage(orders: [cancelled("1"), cancelled("2")]))
            #expect(try await store.state(keys[0]).status == .pulled)
            #expect(try await store.state(keys[0]).hold?.reason == .cancelledAtDSCO)
            #expect(try await store.state(keys[1]).status == .cancelled)
        }
    }

    @Test("A later order that DSCO cancels is held once; its status never moves")
    func holds() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .shipped)[0]
            #expect(try await store.pull(PulledPage(orders: [cancelled("1")])).held == 1)
            #expect(try await store.pull(PulledPage(orders: [cancelled("1")])).held == 0)
            let view = try await store.state(key)
            #expect(view.status == .shipped)
            #expect(view.hold?.reason == .cancelledAtDSCO)
            #expect(view.nextAttempt == nil)
        }
    }

    @Test("A hold that a person has released is not raised again")
    func accepted() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed, hold: Hold(.cancelledAtDSCO))[0]
            _ = try await OrderActions(store.pool).release(key, reason: "ship it", by: "ann", now: store.now)
            #expect(try await store.pull(PulledPage(orders: [cancelled("1")])).held == 0)
            #expect(try await store.state(key).hold == nil)
        }
    }

    @Test("With an effect under way a cancellation only leaves a mark", arguments: [OrderStatus.pulled, .pushed])
    func mark(_ status: OrderStatus) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: status)[0]
            try await store.submission(key, status == .pulled ? .push : .ack, "x", .accepted)
            _ = try await store.pull(PulledPage(orders: [cancelled("1")]))
            let view = try await store.state(key)
            #expect(view.status == status)
            #expect(view.hold == nil)
            let mark = try await store.column(key, "mark", as: PostgresJSON.self)
            #expect(try LedgerCoding.value(mark.text, what: "marks") == [Mark(Hold(.cancelledAtDSCO))])
            #expect(try await store.kinds(key).last == "marked")
        }
    }

    @Test(
        "A changed payload brings back the holds it could cure; the hold stays until a run decides",
        arguments: [(HoldReason.addressIncomplete, true), (.shopUnmapped, false), (.byOperator, false), (.refusedByDSCO, false)])
    func cure(_ reason: HoldReason, _ comesBack: Bool) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", hold: Hold(reason))[0]
            _ = try await store.pull(PulledPage(orders: [.sample("1")]))
            #expect(try await store.state(key).nextAttempt == nil)
            _ = try await store.pull(PulledPage(orders: [.sample("1") { $0.shipping.city = "Reno" }]))
            let view = try await store.state(key)
            #expect(view.nextAttempt == (comesBack ? store.now : nil))
            #expect(view.hold?.reason == reason)
        }
    }

    @Test("An order that waits for its release comes back when DSCO releases it")
    func released() async throws {
        try await StoreFixture.run { store in
            let later = store.now.addingTimeInterval(60)
            let order = PulledOrder.sample("1") { $0.lifecycle = .received }
            _ = try await store.pull(PulledPage(orders: [order]))
            let waiting = try await store.state(order.key)
            #expect(waiting.waiting == .notReleased)
            #expect(waiting.nextAttempt == store.now.addingTimeInterval(3600))
            _ = try await store.pull(PulledPage(orders: [.sample("1") { $0.lifecycle = .created }]), at: later)
            #expect(try await store.state(order.key).nextAttempt == later)
        }
    }

    @Test(
        "A page with a row that the database refuses is halved down to it: that one is quarantined, the others and the cursor go on"
    )
    func halving() async throws {
        try await StoreFixture.run { store in
            var orders = (1...9).map { PulledOrder.sample(String($0)) }
            orders[6] = PulledOrder(order: orders[6].order, payload: Array("{ this is no json".utf8))
            let cursor = SweepCursor(name: "updated", doneUntil: store.now)
            let counts = try await store.pull(PulledPage(orders: orders, cursors: [cursor]))
            #expect(counts.new == 8)
            #expect(counts.quarantined == 1)
            #expect(try await store.count("select count(*) from dsco_order_sync") == 8)
            #expect(try await SweepCursors.read("updated", on: store.session) == cursor)
            let row = try await store.pool.query("select payload, order_key from quarantined_payload")[0]
            #expect(try row.decode("payload", as: Data.self) == Data(orders[6].payload))
            #expect(try row.decode("order_key", as: String.self) == "7")
        }
    }

    @Test("A page whose cursor cannot be stored is not stored either")
    func cursor() async throws {
        try await StoreFixture.run { store in
            let impossible = SweepCursor(name: "created", partition: 1_000_000, doneUntil: store.now)
            await #expect(throws: PostgresError.self) {
                try await store.pull(PulledPage(orders: [.sample("1")], cursors: [impossible]))
            }
            let rows = try await store.count(
                "select (select count(*) from sweep_cursor) + (select count(*) from dsco_order_sync)")
            #expect(rows == 0)
        }
    }

    @Test("The cursor of a page that is halved moves with its last part only")
    func halvedAndLost() async throws {
        try await StoreFixture.run { store in
            // One order is refused; the database is gone when the other half comes.
            _ = try await store.pool.query(
                """
                create function refuse() returns trigger language plpgsql as $$ begin
                  if new.order_key = '1' then raise exception 'bad' using errcode = '22000'; end if;
                  if new.order_key = '4' then raise exception 'gone' using errcode = '58000'; end if;
                  return new; end $$
                """)
            _ = try await store.pool.query(
                "create trigger refuse before insert on dsco_order_sync for each row execute function refuse()")
            let page = PulledPage(
                orders: (1...4).map { .sample(String($0)) }, cursors: [SweepCursor(name: "updated", doneUntil: store.now)])
            await #expect(throws: PostgresError.self) { try await store.pull(page) }
            #expect(try await SweepCursors.read("updated", on: store.session) == nil)
            #expect(try await store.count("select count(*) from quarantined_payload") == 1)
        }
    }

    @Test("A large page is stored in parts, and its cursor moves with the last of them")
    func parts() async throws {
        try await StoreFixture.run { store in
            _ = try await store.pool.query(
                """
                create function refuse() returns trigger language plpgsql as $$ begin
                  if new.order_key = 'o450' then raise exception 'gone' using errcode = '58000'; end if;
                  return new; end $$
                """)
            _ = try await store.pool.query(
                "create trigger refuse before insert on dsco_order_sync for each row execute function refuse()")
            let page = PulledPage(
                orders: (1...450).map { .sample("o\($0 + 1000)") } + [.sample("o450")],
                cursors: [SweepCursor(name: "updated", doneUntil: store.now)])
            await #expect(throws: PostgresError.self) { try await store.pull(page) }
            #expect(try await store.count("select count(*) from dsco_order_sync") == 400)
            #expect(try await SweepCursors.read("updated", on: store.session) == nil)

            _ = try await store.pool.query("drop trigger refuse on dsco_order_sync")
            let counts = try await store.pull(page)
            #expect((counts.new, counts.unchanged) == (51, 400))
            #expect(try await SweepCursors.read("updated", on: store.session)?.doneUntil == store.now)
        }
    }

    @Test("What was unreadable is kept once, counted, and resolved when its order is stored")
    func quarantine() async throws {
        try await StoreFixture.run { store in
            let bad = QuarantinedPayload(
                source: PullStore.source, order: OrderKey(rawValue: "1"), payload: [0xFF, 0x00], reason: "not UTF-8")
            for _ in 1...3 { _ = try await store.pull(PulledPage(orders: [], quarantined: [bad])) }
            #expect(try await OrderDirectory(store.pool).summary(now: store.now).quarantined == 1)
            #expect(try await store.count("select times from quarantined_payload") == 3)
            try await store.put("1")
            #expect(try await OrderDirectory(store.pool).summary(now: store.now).quarantined == 0)
            _ = try await store.pull(PulledPage(orders: [], quarantined: [bad]))
            #expect(try await OrderDirectory(store.pool).summary(now: store.now).quarantined == 1)
        }
    }

    @Test(
        "Unreadable news of a known order mark that order alone, by its id or as far as only its number can be read, until it is stored",
        arguments: [true, false])
    func unreadableNews(_ byID: Bool) async throws {
        try await StoreFixture.run { store in
            let keys = try await store.put("1", "2", status: .acknowledged)
            let ledger = RunLedger(session: store.session, stage: .ship, runID: UUID(), partitions: Array(Partition.all))
            #expect(try await ledger.withUnreadableNews(keys).isEmpty)
            let bad = QuarantinedPayload(
                source: PullStore.source, order: byID ? keys[0] : nil, poNumber: "PO-1", payload: [0xFF],
                reason: "lineItems: missing")
            _ = try await store.pull(PulledPage(orders: [], quarantined: [bad]))
            #expect(try await ledger.withUnreadableNews(keys) == [keys[0]])
            #expect(try await OrderDirectory(store.pool).detail(keys[0])?.unreadableNews?.reason == "lineItems: missing")
            #expect(try await OrderDirectory(store.pool).detail(keys[1])?.unreadableNews == nil)

            _ = try await store.pull(PulledPage(orders: [.sample("2", note: "news")]))
            #expect(try await ledger.withUnreadableNews(keys) == [keys[0]])
            _ = try await store.pull(PulledPage(orders: [.sample("1", note: "news")]))
            #expect(try await ledger.withUnreadableNews(keys).isEmpty)
            #expect(try await OrderDirectory(store.pool).detail(keys[0])?.unreadableNews == nil)
        }
    }

    @Test("A sweep's place inside its window is kept, per partition where it has them")
    func cursors() async throws {
        try await StoreFixture.run { store in
            let window = SweepCursor.Window(end: store.now, scrollID: "scroll", pageAt: store.now)
            let cursors = (0..<3).map {
                SweepCursor(name: "ack", partition: $0, doneUntil: store.now, window: $0 == 1 ? window : nil)
            }
            try await SweepCursors.move(cursors, now: store.now, on: store.session)
            #expect(try await SweepCursors.read("ack", partitions: [2, 1], on: store.session) == [cursors[1], cursors[2]])
            try await SweepCursors.move(
                [SweepCursor(name: "ack", partition: 1, doneUntil: store.now)], now: store.now, on: store.session)
            #expect(try await SweepCursors.read("ack", partitions: [1], on: store.session)[0].window == nil)
        }
    }
}
