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

    private var inserts: [JSON] = []
    private var refreshes: [PulledOrder] = []
    private var changes: [LockedOrder] = []
    private var stored: [OrderKey] = []
    private var payloads: [(OrderKey, [UInt8])] = []
    private var events: [NewEvent] = []
    private var setAside: [QuarantinedPayload] = []
    private var counts = PullCounts()

    static func read(_ orders: [PulledOrder], _ store: PullStore, on session: PostgresConnection) async throws -> PullBatch {
        let locked = orders.isEmpty ? [] : try await LockedOrder.lock(orders.map(\.key), on: session)
        return PullBatch(
            store: store, session: session, pulled: orders, locked: Dictionary(locked.map { ($0.key, $0) }) { first, _ in first })
    }

    private init(store: PullStore, session: PostgresConnection, pulled: [PulledOrder], locked: [OrderKey: LockedOrder]) {
        self.store = store
        self.session = session
        self.pulled = pulled
        self.locked = locked
    }

    consuming func write(_ page: PulledPage, now: Date) async throws -> PullCounts {
        for order in pulled {
            if let row = locked[order.key] { try refresh(order, row, now: now) } else { try insert(order, now: now) }
        }
        var statements: [PostgresQuery] = []
        if !inserts.isEmpty { statements.append(insertStatement(now: now)) }
        if !refreshes.isEmpty { statements.append(refreshStatement(now: now)) }
        if !changes.isEmpty { statements.append(try LockedOrder.update(changes, now: now)) }
        if !events.isEmpty { statements.append(EventLog.insert(events, now: now)) }
        if !stored.isEmpty { statements.append(QuarantineStore.resolving(stored, now: now)) }
        statements += QuarantineStore.putting(page.quarantined + setAside, now: now)
        counts.quarantined += page.quarantined.count + setAside.count
        if !page.cursors.isEmpty { statements.append(SweepCursors.moving(page.cursors, now: now)) }
        try await session.batch(statements)
        return counts
    }

    private mutating func insert(_ order: PulledOrder, now: Date) throws {
        switch try store.decide(order, nil) {
        case .insert(let status, let hold, let wait):
            let next: JSON = hold != nil || status.next == nil ? "infinity" : .column(wait == nil ? now : now.addingTimeInterval(store.recheck))
            inserts.append(
                JSON.object(
                    JSONObject(
                        order.columns + [
                            ("status", .column(status.rawValue)), ("hold_reason", .column(hold?.reason.rawValue)),
                            ("hold_facts", .column(hold?.facts)), ("hold_since", hold == nil ? .null : .column(now)),
                            ("wait_reason", .column(wait?.rawValue)), ("next_attempt", next),
                        ])))
            payloads.append((order.key, order.payload))
            stored.append(order.key)
            note(order.key, "pulled", "new at status \(status.rawValue)")
            counts.new += 1
            if let hold {
                note(order.key, "held", hold.reason.rawValue)
                counts.held += 1
            }
            if let wait { note(order.key, "waits", wait.rawValue) }
        case .quarantine(let reason): quarantine(order, reason)
        case .refresh, .hold, .cancel:
            throw StoreError(.unreadable, "order \(order.key) is new and cannot be refreshed, held or cancelled")
        }
    }

    private mutating func refresh(_ order: PulledOrder, _ row: LockedOrder, now: Date) throws {
        // A page that was cached at DSCO, read after a newer one.
        if let stored = row.dscoUpdated, let listed = order.order.updated, listed < stored {
            counts.unchanged += 1
            return
        }
        let action = try store.decide(order, row.known)
        if case .quarantine(let reason) = action { return quarantine(order, reason) }
        stored.append(order.key)
        let isNews = row.payloadDigest != order.digest
        var next = row
        if isNews {
            refreshes.append(order)
            payloads.append((order.key, order.payload))
            next.state.version += 1
            next.reexamine(now: now)
            note(order.key, "refreshed", "changed at DSCO")
            counts.refreshed += 1
        } else {
            counts.unchanged += 1
        }
        if let line = apply(action, to: &next, now: now) { note(order.key, line.kind, line.text) }
        if next.state != row.state { changes.append(next) }
    }

    private mutating func apply(_ action: PullAction, to row: inout LockedOrder, now: Date) -> TimelineEntry? {
        switch action {
        case .insert, .refresh, .quarantine: return nil
        case .hold(let hold):
            guard !row.acceptedHolds.contains(hold), let line = row.hold(hold, by: nil, now: now) else { return nil }
            counts.held += 1
            return line
        case .cancel:
            if row.hasOpenRows { return row.hold(Hold(.cancelledAtDSCO), by: nil, now: now) }
            guard row.state.status == .pulled else { return nil }
            row.enter(.cancelled, now: now)
            counts.cancelled += 1
            return TimelineEntry("cancelled", "cancelled at DSCO")
        }
    }

    private mutating func quarantine(_ order: PulledOrder, _ reason: String) {
        setAside.append(QuarantinedPayload(source: PullStore.source, order: order.key, payload: order.payload, reason: reason))
    }

    private mutating func note(_ order: OrderKey, _ kind: String, _ text: String) {
        events.append(NewEvent(order, kind, text, stage: .pull, runID: store.runID))
    }
}

// MARK: Statements

extension PullBatch {
    private static let derived: [(name: String, type: String)] = [
        ("dsco_order_id", "text"), ("po_number", "text"), ("retailer_id", "text"), ("dsco_status", "text"), ("dsco_lifecycle", "text"),
        ("warehouse_id", "text"), ("shipment", "text"), ("open_units", "json"), ("dsco_create_time", "timestamptz"),
        ("dsco_update_time", "timestamptz"), ("acknowledge_by", "timestamptz"), ("ship_by", "timestamptz"), ("invoice_by", "timestamptz"),
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
                                     hold_since, wait_reason, next_attempt, created_at, updated_at, \(unescaped: Self.names))
        select x.order_key, x.partition, x.status, \(now), p.payload::json, \(now), array(select json_array_elements_text(x.mskus)),
               x.hold_reason, x.hold_facts, x.hold_since, x.wait_reason, x.next_attempt, \(now), \(now), \(unescaped: Self.values)
        from json_to_recordset(\(PostgresJSON(text: JSON.array(inserts).text()))) as x (
          order_key text, partition smallint, status smallint, mskus json, hold_reason text, hold_facts text, hold_since timestamptz,
          wait_reason text, next_attempt timestamptz, \(unescaped: Self.types))
        join \(payloadRows) on p.order_key = x.order_key
        order by x.order_key
        """
    }

    private func refreshStatement(now: Date) -> PostgresQuery {
        let rows = JSON.array(refreshes.map { JSON.object(JSONObject($0.columns)) })
        return """
            update dsco_order_sync o
            set payload = p.payload::json, payload_at = \(now), mskus = array(select json_array_elements_text(x.mskus)), updated_at = \(now),
                \(unescaped: Self.assignments)
            from json_to_recordset(\(PostgresJSON(text: rows.text()))) as x (order_key text, mskus json, \(unescaped: Self.types))
            join \(payloadRows) on p.order_key = x.order_key
            where o.order_key = x.order_key
            """
    }
}

extension LockedOrder {
    fileprivate var known: KnownOrder {
        KnownOrder(
            key: key, status: state.status, hold: state.hold, acceptedHolds: acceptedHolds, hasOpenSubmissions: hasOpenRows,
            identity: identity)
    }

    /// A new payload may cure the hold or end the wait; a run decides. Backing off and confirming go their own way.
    fileprivate mutating func reexamine(now: Date) {
        guard state.status.next != nil else { return }
        if let hold = state.hold {
            guard Reexamination.curedByPayload.contains(hold.reason) else { return }
        } else {
            switch state.waitReason {
            case .backingOff, .confirming, .circuitOpen: return
            case nil, .notReleased, .notReviewed, .notShipped, .partlyShipped, .writeOff: break
            }
        }
        state.nextAttempt = min(state.nextAttempt ?? now, now)
    }
}
