import Domain
import FoundationEssentials
import JSON
import Pipeline
import PostgreSQL

/// A page of orders under their row locks, on its way into the table.
struct PullBatch {
    private let store: PullStore
    private let session: PostgresConnection
    private let pulled: [PulledOrder]
    private let locked: [OrderKey: LockedOrder]
    /// The orders whose rows this version cannot read, with the reason.
    private let shut: [OrderKey: String]
    /// The orders as they were stored before, where the payload is another now.
    private let former: [OrderKey: Order]

    private var inserts: [JSON] = []
    private var refreshes: [(order: PulledOrder, movesStock: Bool)] = []
    private var changes: [LockedOrder] = []
    private var stored: [PulledOrder] = []
    private var payloads: [(OrderKey, [UInt8])] = []
    private var events: [NewEvent] = []
    private var setAside: [QuarantinedPayload] = []
    /// Purchase order numbers that an order went by until now: another may have become the only one.
    private var numbersLeft: [String] = []
    private var counts = PullCounts()

    static func read(_ orders: [PulledOrder], _ store: PullStore, on session: PostgresConnection) async throws -> PullBatch {
        guard !orders.isEmpty else {
            return PullBatch(store: store, session: session, pulled: [], locked: [:], shut: [:], former: [:])
        }
        let (rows, unreadable) = try await LockedOrder.lock(orders.map(\.key), on: session)
        let locked = Dictionary(rows.map { ($0.key, $0) }) { first, _ in first }
        let shut = Dictionary(unreadable.map { ($0.order, $0.words) }) { first, _ in first }
        let changed = orders.filter { order in locked[order.key].map { $0.payloadDigest != order.digest } ?? false }
        var former: [OrderKey: Order] = [:]
        if !changed.isEmpty {
            let rows = try await session.query(
                "select order_key, payload from dsco_order_sync where order_key = any(\(changed.map(\.key.rawValue)))")
            for row in rows {
                // What cannot be read any more counts as unknown.
                former[OrderKey(rawValue: try row.decode("order_key"))] = try? store.decode(
                    row.decode("payload", as: PostgresJSON.self).bytes)
            }
        }
        return PullBatch(store: store, session: session, pulled: orders, locked: locked, shut: shut, former: former)
    }

    private init(
        store: PullStore, session: PostgresConnection, pulled: [PulledOrder], locked: [OrderKey: LockedOrder],
        shut: [OrderKey: String], former: [OrderKey: Order]
    ) {
        self.store = store
        self.session = session
        self.pulled = pulled
        self.locked = locked
        self.shut = shut
        self.former = former
    }

    consuming func write(_ page: PulledPage, now: Date) async throws -> PullCounts {
        for order in pulled {
            if let row = locked[order.key] {
                take(order, row, now: now)
            } else if let words = shut[order.key] {
                quarantine(order, words)
            } else {
                take(order, now: now)
            }
        }
        var statements: [PostgresQuery] = []
        if !inserts.isEmpty { statements.append(insertStatement(now: now)) }
        if !refreshes.isEmpty { statements.append(refreshStatement(now: now)) }
        if !changes.isEmpty { statements.append(try LockedOrder.update(changes, now: now)) }
        if !numbersLeft.isEmpty { statements.append(reexamination(now: now)) }
        if !events.isEmpty { statements.append(EventLog.insert(events, now: now)) }
        if !stored.isEmpty { statements += QuarantineStore.resolving(stored, now: now) }
        statements += QuarantineStore.putting(page.quarantined + setAside, now: now)
        counts.quarantined += page.quarantined.count + setAside.count
        if !page.cursors.isEmpty { statements.append(SweepCursors.moving(page.cursors, now: now)) }
        try await session.batch(statements)
        return counts
    }

    private mutating func take(_ order: PulledOrder, now: Date) {
        switch PullDecision.decide(order: order.order, known: nil) {
        case .insert(let status, let hold, let wait): insert(order, status, hold, wait, now: now)
        case .quarantine(let reason): quarantine(order, reason)
        case .refresh, .outdated: counts.unchanged += 1
        }
    }

    private mutating func insert(_ order: PulledOrder, _ status: OrderStatus, _ hold: Hold?, _ wait: WaitReason?, now: Date) {
        let next: JSON =
            hold != nil || status.next == nil ? "infinity" : .column(wait == nil ? now : now.addingTimeInterval(store.recheck))
        let state: [(String, JSON)] = [
            ("status", .column(status.rawValue)), ("hold_reason", .column(hold?.reason.rawValue)),
            ("hold_facts", .column(hold?.facts)),
            ("hold_since", hold == nil ? .null : .column(now)), ("wait_reason", .column(wait?.rawValue)), ("next_attempt", next),
        ]
        inserts.append(.object(JSONObject(order.columns + state)))
        payloads.append((order.key, order.payload))
        stored.append(order)
        note(order.key, .pulled, "new at status \(status.rawValue)")
        counts.new += 1
        if let hold {
            note(order.key, .held, hold.reason.rawValue)
            counts.held += 1
        }
        if let wait { note(order.key, .waits, wait.rawValue) }
    }

    private mutating func take(_ order: PulledOrder, _ row: LockedOrder, now: Date) {
        // The overlap of the sweeps lists most orders again: what is the same byte for byte needs no decision.
        guard row.payloadDigest != order.digest else {
            counts.unchanged += 1
            stored.append(order)
            return
        }
        var stored = former[order.key]
        // A date from the far future would make every later payload look outdated, a cancellation too.
        if let updated = stored?.updated, updated > now.addingTimeInterval(86_400) { stored?.updated = nil }
        let known = KnownOrder(
            status: row.state.status, hold: row.state.hold, wait: row.state.waitReason, hasOpenSubmissions: row.hasOpenRows,
            order: stored)
        switch PullDecision.decide(order: order.order, known: known) {
        case .refresh(let change, let clearsHold, let wakes):
            refresh(order, row, change, clearsHold: clearsHold, wakes: wakes, now: now)
        case .quarantine(let reason): quarantine(order, reason)
        case .insert, .outdated: counts.unchanged += 1
        }
    }

    private mutating func refresh(
        _ order: PulledOrder, _ row: LockedOrder, _ change: PullDecision.Change, clearsHold: Bool, wakes: Bool, now: Date
    ) {
        let old = former[order.key]
        refreshes.append((order, movesStock: old.map { order.order.movesStock(since: $0) } ?? true))
        payloads.append((order.key, order.payload))
        stored.append(order)
        let news = old.map { order.order.changes(since: $0) } ?? []
        note(order.key, .refreshed, news.isEmpty ? "changed at DSCO" : "changed at DSCO: \(news.joined(separator: "; "))")
        counts.refreshed += 1

        var next = row
        next.state.version += 1
        if let old {
            // What a person accepted is over; when it comes again, it is news.
            next.forget(HoldReason.curable(by: order.order, after: old).intersection([.cancelRequested, .cancelledAtDSCO]))
            if old.poNumber != order.order.poNumber { numbersLeft.append(old.poNumber) }
        }
        // A hold that a decision raised stays until the next decision; the others nobody would lift.
        if clearsHold, let hold = row.state.hold, !hold.reason.isRaisedByDecision {
            next.state.liftHold()
            note(order.key, .released, "\(hold.reason.rawValue): no longer so at DSCO")
        }
        if let old = former[order.key] { next.withdrawMarks(HoldReason.curable(by: order.order, after: old)) }
        if wakes { next.state.nextAttempt = min(next.state.nextAttempt ?? now, now) }
        if let line = apply(change, to: &next, now: now) { note(order.key, line.kind, line.text) }
        changes.append(next)
    }

    private mutating func apply(_ change: PullDecision.Change, to row: inout LockedOrder, now: Date) -> TimelineEntry? {
        switch change {
        case .none: return nil
        case .cancel:
            row.enter(.cancelled, now: now)
            counts.cancelled += 1
            return TimelineEntry(.cancelled, "cancelled at DSCO")
        case .hold(let hold), .mark(let hold):
            // What somebody wants of the order anyway goes before what is to be carried over.
            guard hold.reason != .changedUnderWay || row.state.marks.isEmpty else { return nil }
            guard !row.acceptedHolds.contains(hold), let line = row.hold(hold, by: nil, now: now) else { return nil }
            counts.held += 1
            return line
        }
    }

    private mutating func quarantine(_ order: PulledOrder, _ reason: String) {
        setAside.append(QuarantinedPayload(source: PullStore.source, order: order.key, payload: order.payload, reason: reason))
    }

    private mutating func note(_ order: OrderKey, _ kind: EventKind, _ text: String) {
        events.append(NewEvent(order, kind, text, stage: .pull, runID: store.runID))
    }
}

// MARK: Statements

extension PullBatch {
    private static let derived: [(name: String, type: String)] = [
        ("dsco_order_id", "text"), ("po_number", "text"), ("retailer_id", "text"), ("dsco_status", "text"),
        ("dsco_lifecycle", "text"),
        ("warehouse_id", "text"), ("shipment", "text"), ("open_units", "json"), ("dsco_create_time", "timestamptz"),
        ("dsco_update_time", "timestamptz"), ("acknowledge_by", "timestamptz"), ("ship_by", "timestamptz"),
        ("invoice_by", "timestamptz"),
    ]
    private static let names = derived.map(\.name).joined(separator: ", ")
    private static let values = derived.map { "x.\($0.name)" }.joined(separator: ", ")
    private static let types = derived.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    private static let assignments = derived.map { "\($0.name) = x.\($0.name)" }.joined(separator: ", ")

    /// The payloads go beside the other columns: inside a JSON parameter the server would read into them.
    private var payloadRows: PostgresQuery {
        """
        unnest(\(payloads.map(\.0.rawValue)), \(payloads.map { String(decoding: $0.1, as: UTF8.self) })) as p (order_key, payload)
        """
    }

    private func insertStatement(now: Date) -> PostgresQuery {
        """
        insert into dsco_order_sync (order_key, partition, status, status_since, payload, payload_at, mskus, hold_reason, hold_facts,
                                     hold_since, wait_reason, next_attempt, created_at, updated_at, stock_moved_at, \(unescaped: Self.names))
        select x.order_key, x.partition, x.status, \(now), p.payload::json, \(now), array(select json_array_elements_text(x.mskus)),
               x.hold_reason, x.hold_facts, x.hold_since, x.wait_reason, x.next_attempt, \(now), \(now), \(now), \(unescaped: Self.values)
        from json_to_recordset(\(PostgresJSON(text: JSON.array(inserts).text()))) as x (
          order_key text, partition smallint, status smallint, mskus json, hold_reason text, hold_facts text, hold_since timestamptz,
          wait_reason text, next_attempt timestamptz, \(unescaped: Self.types))
        join \(payloadRows) on p.order_key = x.order_key
        order by x.order_key
        """
    }

    /// Whether a shared number is shared still is for the next run to see.
    private func reexamination(now: Date) -> PostgresQuery {
        """
        update dsco_order_sync o set next_attempt = \(now)
        from (select order_key from dsco_order_sync
              where po_number = any(\(numbersLeft)) and hold_reason = \(HoldReason.poNumberShared.rawValue) and next_attempt > \(now)
              order by order_key for update) as x
        where o.order_key = x.order_key
        """
    }

    private func refreshStatement(now: Date) -> PostgresQuery {
        let rows = JSON.array(refreshes.map { .object(JSONObject($0.order.columns + [("moves_stock", .bool($0.movesStock))])) })
        return """
            update dsco_order_sync o
            set payload = p.payload::json, payload_at = \(now), mskus = array(select json_array_elements_text(x.mskus)), updated_at = \(now),
                stock_moved_at = case when x.moves_stock then \(now) else o.stock_moved_at end, \(unescaped: Self.assignments)
            from json_to_recordset(\(PostgresJSON(text: rows.text()))) as x (
              order_key text, mskus json, moves_stock boolean, \(unescaped: Self.types))
            join \(payloadRows) on p.order_key = x.order_key
            where o.order_key = x.order_key
            """
    }
}
