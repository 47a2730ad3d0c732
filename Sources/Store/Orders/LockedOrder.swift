import Domain
import FoundationEssentials
import PostgreSQL

/// An order's row under its lock: what pull and people change of it. Whoever else wants to change the order waits (design 7.1).
struct LockedOrder: Sendable {
    let key: OrderKey
    let partition: Int
    let identity: OutgoingIdentity?
    /// Whether effects on the order are under way, at any stage: then a change of course only leaves a mark.
    let hasOpenRows: Bool
    /// Whether the ledger says that LingXing has created the order.
    let isCreationConfirmed: Bool
    private(set) var acceptedHolds: Set<Hold>
    var state: OrderRowState
    var isFirst: Bool

    /// Puts the hold on the order, or leaves it as a mark when effects are under way.
    ///
    /// - Returns: the line for the timeline, `nil` when nothing changed.
    mutating func hold(_ hold: Hold, by: String?, now: Date) -> TimelineEntry? {
        if hasOpenRows {
            guard state.keep(Mark(hold, by: by)) else { return nil }
            state.version += 1
            return TimelineEntry(.marked, "\(hold.reason.rawValue), as soon as the effect under way is settled")
        }
        guard let line = state.place(hold, by: by, now: now).first else { return nil }
        state.version += 1
        return line
    }

    /// Lifts the hold: it is not raised again until its facts change. A doubt is no fact to accept, so lifting it only looks again. A hold
    /// that stood beneath it comes up, for a release of its own.
    mutating func release(now: Date) -> Bool {
        var wasHeld = false
        if let hold = state.hold {
            if hold.reason != .inDoubt { acceptedHolds.insert(hold) }
            state.liftHold()
            wasHeld = true
        }
        let marks = state.marks.count
        state.marks.removeAll { $0.hold.reason == .byOperator }
        wasHeld = wasHeld || state.marks.count < marks
        guard wasHeld else { return false }
        state.resetBackoff()
        state.nextAttempt = state.status.next == nil ? nil : now
        if !hasOpenRows { surface(now: now) }
        state.version += 1
        return true
    }

    /// Moves the order to a status as if it came there now. Nothing of the former stage's waiting stays.
    mutating func enter(_ status: OrderStatus, now: Date) {
        state.liftHold()
        state.marks = []
        state.enter(status, now: now)
        isFirst = false
        state.version += 1
    }

    /// What a person accepted of these reasons is raised again when it comes again.
    mutating func forget(_ reasons: Set<HoldReason>) {
        acceptedHolds = acceptedHolds.filter { !reasons.contains($0.reason) }
    }

    /// Forgets marks of pull whose cause is gone.
    mutating func withdrawMarks(_ reasons: Set<HoldReason>) {
        state.marks.removeAll { $0.by == nil && reasons.contains($0.hold.reason) }
    }

    /// What stood beneath the hold that is gone.
    private mutating func surface(now: Date) {
        let beneath = state.marks.filter { !acceptedHolds.contains($0.hold) }
        state.marks = []
        for mark in beneath { _ = state.place(mark.hold, by: mark.by, now: now) }
    }
}

extension LockedOrder {
    /// Locks the rows in key order; keys without a row are left out. A row that cannot be read stands alone: it is named with the reason,
    /// and nothing of it is changed.
    static func lock(
        _ keys: [OrderKey], on session: PostgresConnection
    ) async throws -> (orders: [LockedOrder], unreadable: [UnreadableOrder]) {
        let (rows, others) = try await session.lockRows(
            of: keys,
            """
            o.order_key, o.partition, o.outgoing_number, o.outgoing_id_type, o.store_id, o.status, o.status_since, o.version,
            o.hold_reason, o.hold_facts, o.hold_since, o.hold_by, o.accepted_holds, o.mark, o.wait_reason, o.rechecks, o.attempts,
            o.same_refusals, o.last_error_code, o.last_error_text, o.last_error_at, o.looked_up_at, o.priority,
            case when o.next_attempt = 'infinity' then null else o.next_attempt end as next_attempt
            """,
            then: [OpenRows.standings(of: keys)])
        var open: Set<OrderKey> = []
        var created: Set<OrderKey> = []
        for standing in others.joined() {
            let key = OrderKey(rawValue: try standing.decode("order_key"))
            if try standing.decode("is_open") { open.insert(key) }
            if try standing.decode("is_created") { created.insert(key) }
        }
        let (orders, unreadable) = try UnreadableOrder.sort(rows) { row in
            let key = OrderKey(rawValue: try row.decode("order_key"))
            return try LockedOrder(key, row, hasOpenRows: open.contains(key), isCreationConfirmed: created.contains(key))
        }
        return (orders, unreadable)
    }

    /// Locks one order's row.
    ///
    /// - Throws: `StoreError.notFound`, or why it cannot be read.
    static func lock(_ key: OrderKey, on session: PostgresConnection) async throws -> LockedOrder {
        let (orders, unreadable) = try await lock([key], on: session)
        if let unreadable = unreadable.first { throw StoreError(.unreadable, unreadable.words) }
        guard let order = orders.first else { throw StoreError.noOrder }
        return order
    }

    private init(_ key: OrderKey, _ row: PostgresRow, hasOpenRows: Bool, isCreationConfirmed: Bool) throws {
        self.key = key
        self.hasOpenRows = hasOpenRows
        self.isCreationConfirmed = isCreationConfirmed
        partition = try row.decode("partition")
        identity = try StoreDecoding.identity(row)
        acceptedHolds = try StoreDecoding.acceptedHolds(row)
        state = try OrderRowState(row)
        isFirst = try row.decode("priority", as: Int.self) > 0
    }

    /// One statement for all rows.
    static func update(_ orders: [LockedOrder], now: Date) throws -> PostgresQuery {
        """
        update dsco_order_sync o set \(assignments), updated_at = \(now)
        from \(try rows(orders)) where o.order_key = x.order_key
        """
    }

    static let assignments: PostgresQuery = """
        status = x.status, status_since = x.status_since, version = x.version, hold_reason = x.hold_reason, hold_facts = x.hold_facts,
        hold_since = x.hold_since, hold_by = x.hold_by, accepted_holds = x.accepted_holds::json, mark = x.mark::json,
        wait_reason = x.wait_reason, rechecks = x.rechecks, attempts = x.attempts, same_refusals = x.same_refusals,
        looked_up_at = x.looked_up_at, next_attempt = coalesce(x.next_attempt, 'infinity'), priority = x.priority
        """

    /// `unnest(…) as x (order_key, …)`.
    static func rows(_ orders: [LockedOrder]) throws -> PostgresQuery {
        let states = orders.map(\.state)
        return """
            unnest(
              \(orders.map(\.key.rawValue)), \(states.map(\.status.rawValue)), \(states.map(\.statusSince)), \(states.map(\.version)),
              \(states.map(\.hold?.reason.rawValue)), \(states.map(\.hold?.facts.withoutNUL)), \(states.map(\.holdSince)),
              \(states.map(\.holdBy?.withoutNUL)), \(try orders.map { try $0.acceptedHoldsColumn }),
              \(try states.map { try $0.marksColumn }), \(states.map(\.waitReason?.rawValue)), \(states.map(\.rechecks)),
              \(states.map(\.attempts)), \(states.map(\.sameRefusals)), \(states.map(\.lookedUpAt)), \(states.map(\.nextAttempt)),
              \(orders.map { $0.isFirst ? 1 : 0 })
            ) as x (order_key, status, status_since, version, hold_reason, hold_facts, hold_since, hold_by, accepted_holds, mark,
                    wait_reason, rechecks, attempts, same_refusals, looked_up_at, next_attempt, priority)
            """
    }

    private var acceptedHoldsColumn: String {
        get throws {
            if acceptedHolds.isEmpty { return "[]" }
            let sorted = acceptedHolds.sorted { ($0.reason.rawValue, $0.facts) < ($1.reason.rawValue, $1.facts) }
            return try LedgerCoding.text(ofValue: sorted)
        }
    }
}
