import Domain
import FoundationEssentials
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

    private var inserts: [NewOrder] = []
    private var refreshes: [Refresh] = []
    private var stored: [StoredName]
    private var events: [NewEvent] = []
    private var setAside: [QuarantinedPayload] = []
    /// Purchase order numbers that an order went by until now: another may have become the only one.
    private var numbersLeft: [String] = []
    /// SKUs of which DSCO moved its own figures because of these orders.
    private var movedSKUs: Set<String> = []
    private var counts = PullCounts()

    private struct NewOrder {
        var pulled: PulledOrder
        var status: OrderStatus
        var hold: Hold?
        var wait: WaitReason?
        /// `nil` for an order that only a person or a change brings back.
        var nextAttempt: Date?
    }

    private struct Refresh {
        var pulled: PulledOrder
        var row: LockedOrder
    }

    static func read(_ orders: [PulledOrder], _ store: PullStore, on session: PostgresConnection) async throws -> PullBatch {
        guard !orders.isEmpty else {
            return PullBatch(store: store, session: session, pulled: [], unchanged: [], locked: [:], shut: [:], former: [:])
        }
        let known = try await store.known(orders.map { ($0.key, $0.digest) })
        let news = zip(orders, known).filter { $0.1 == nil }.map(\.0)
        let (rows, unreadable) = try await LockedOrder.lock(news.map(\.key), on: session)
        let locked = Dictionary(rows.map { ($0.key, $0) }) { first, _ in first }
        let shut = Dictionary(unreadable.map { ($0.order, $0.words) }) { first, _ in first }
        var former: [OrderKey: Order] = [:]
        if !locked.isEmpty {
            let rows = try await session.query(
                "select order_key, payload from dsco_order_sync where order_key = any(\(locked.keys.map(\.rawValue)))")
            for row in rows {
                // What cannot be read any more counts as unknown.
                former[OrderKey(rawValue: try row.decode("order_key"))] = try? store.decode(
                    row.decode("payload", as: PostgresJSON.self).bytes)
            }
        }
        return PullBatch(
            store: store, session: session, pulled: news, unchanged: known.compactMap(\.self), locked: locked, shut: shut,
            former: former)
    }

    private init(
        store: PullStore, session: PostgresConnection, pulled: [PulledOrder], unchanged: [StoredName],
        locked: [OrderKey: LockedOrder], shut: [OrderKey: String], former: [OrderKey: Order]
    ) {
        self.store = store
        self.session = session
        self.pulled = pulled
        self.locked = locked
        self.shut = shut
        self.former = former
        stored = unchanged
        counts.unchanged = unchanged.count
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
        stored += page.unchanged
        counts.unchanged += page.unchanged.count
        var statements: [PostgresQuery] = []
        if !inserts.isEmpty { statements.append(insertStatement(now: now)) }
        if !refreshes.isEmpty { statements.append(try refreshStatement(now: now)) }
        if !movedSKUs.isEmpty { statements.append(stockMoves(now: now)) }
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
        let next = hold != nil || status.next == nil ? nil : wait == nil ? now : now.addingTimeInterval(store.recheck)
        moved(order.order, nil)
        inserts.append(NewOrder(pulled: order, status: status, hold: hold, wait: wait, nextAttempt: next))
        stored.append(order.name)
        note(order.key, .pulled, "new at status \(status.rawValue)")
        counts.new += 1
        if let hold {
            note(order.key, .held, hold.reason.rawValue)
            counts.held += 1
        }
        if let wait { note(order.key, .waits, wait.rawValue) }
    }

    private mutating func take(_ order: PulledOrder, _ row: LockedOrder, now: Date) {
        var stored = former[order.key]
        // A date from the far future would make every later payload look outdated, a cancellation too.
        if let updated = stored?.updated, updated > now.addingTimeInterval(86_400) { stored?.updated = nil }
        let known = KnownOrder(
            status: row.state.status, hold: row.state.hold, wait: row.state.waitReason, hasOpenSubmissions: row.hasOpenRows,
            isCreationConfirmed: row.isCreationConfirmed, order: stored)
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
        stored.append(order.name)
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
        if clearsHold, let hold = row.state.hold, hold.isLasting {
            next.state.liftHold()
            note(order.key, .released, "\(hold.reason.rawValue): no longer so at DSCO")
        }
        if let old { next.withdrawMarks(HoldReason.curable(by: order.order, after: old)) }
        if wakes { next.state.nextAttempt = min(next.state.nextAttempt ?? now, now) }
        if let line = apply(change, to: &next, now: now) { note(order.key, line.kind, line.text) }
        if old.map({ order.order.movesStock(since: $0) }) ?? true { moved(order.order, old) }
        refreshes.append(Refresh(pulled: order, row: next))
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

    private mutating func moved(_ order: Order, _ old: Order?) {
        movedSKUs.formUnion(order.stockSKUs.union(old?.stockSKUs ?? []).map(\.withoutNUL))
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
    private func insertStatement(now: Date) -> PostgresQuery {
        """
        insert into dsco_order_sync (order_key, partition, status, status_since, payload_at, hold_reason, hold_facts, hold_since,
                                     wait_reason, next_attempt, created_at, updated_at, \(unescaped: PulledOrder.columns))
        select d.order_key, d.partition, x.status, \(now), \(now), x.hold_reason, x.hold_facts,
               case when x.hold_reason is not null then \(now) end, x.wait_reason, coalesce(x.next_attempt, 'infinity'), \(now), \(now),
               \(unescaped: PulledOrder.values)
        from \(PulledOrder.rows(inserts.map(\.pulled)))
        join unnest(
          \(inserts.map(\.pulled.key.rawValue)), \(inserts.map(\.status.rawValue)), \(inserts.map(\.hold?.reason.rawValue)),
          \(inserts.map(\.hold?.facts.withoutNUL)), \(inserts.map(\.wait?.rawValue)), \(inserts.map(\.nextAttempt))
        ) as x (order_key, status, hold_reason, hold_facts, wait_reason, next_attempt) on x.order_key = d.order_key
        order by d.order_key
        """
    }

    private func stockMoves(now: Date) -> PostgresQuery {
        """
        insert into stock_move (sku, moved_at) select sku, \(now) from unnest(\(movedSKUs.sorted())) as sku order by sku
        on conflict (sku) do update set moved_at = greatest(stock_move.moved_at, excluded.moved_at)
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

    private func refreshStatement(now: Date) throws -> PostgresQuery {
        """
        update dsco_order_sync o
        set \(LockedOrder.assignments), \(unescaped: PulledOrder.assignments), payload_at = \(now), updated_at = \(now)
        from \(try LockedOrder.rows(refreshes.map(\.row)))
        join \(PulledOrder.rows(refreshes.map(\.pulled))) on d.order_key = x.order_key
        where o.order_key = x.order_key
        """
    }
}
