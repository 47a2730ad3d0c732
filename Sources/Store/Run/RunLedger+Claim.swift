package import Domain
package import FoundationEssentials
package import PostgreSQL

/// What a run took: the orders, and those that it cannot read.
package struct Claim: Sendable {
    package var orders: [ClaimedOrder]
    package var unreadable: [UnreadableOrder]

    package var count: Int { orders.count + unreadable.count }
}

extension RunLedger {
    /// Takes the orders of the stage that are due, replays first, then retailer by retailer in turn the oldest deadline (design 6). No lock
    /// is taken: the partitions' advisory locks keep other runs of the stage away, and an intent checks the row again.
    package func claim(limit: Int, now: Date) async throws -> Claim {
        guard stage.source != nil else { return Claim(orders: [], unreadable: []) }
        let rows = try await session.query(claimQuery(limit: limit, now: now))
        var (orders, unreadable) = try UnreadableOrder.sort(rows) { try ClaimedOrder($0) }
        let (submissions, unreadableRows) = try await submissions(of: orders.map(\.key))
        unreadable += unreadableRows
        let shut = Set(unreadable.map(\.order))
        orders.removeAll { shut.contains($0.key) }
        for index in orders.indices { orders[index].submissions = submissions[orders[index].key] ?? [] }
        return Claim(orders: orders, unreadable: unreadable)
    }

    /// Goes by an index, however long the history is (invariant 10). The retailers take turns, so that the backlog of one keeps no other
    /// waiting; they are sorted by their bytes, which is several times as quick as by a language's rules. Orders that wait for a partner's
    /// word stand in a line of their own, of which every other turn comes: however late the word is, others are sent meanwhile.
    func claimQuery(limit: Int, now: Date) -> PostgresQuery {
        """
        with due as (
          select o.order_key, o.priority, o.\(unescaped: deadlineColumn) as deadline, o.next_attempt, l.is_awaited,
                 row_number() over (partition by o.priority, l.is_awaited, o.retailer_id collate "C"
                                    order by o.\(unescaped: deadlineColumn) nulls last, o.next_attempt) as turn
          from dsco_order_sync o
          cross join lateral (select o.wait_reason is not distinct from \(WaitReason.confirming.rawValue) as is_awaited) l
          where \(isInScope) and o.next_attempt <= \(now) and o.partition = any(\(partitions)::int[]) \(areNamed)
        ), line as (
          select order_key, priority, deadline, next_attempt, is_awaited,
                 row_number() over (partition by priority, is_awaited order by turn, deadline nulls last, next_attempt) as place from due
          where turn <= \(limit)
        ), batch as (
          select order_key, row_number() over (order by priority desc, place, is_awaited, deadline nulls last, next_attempt) as place from line
          where place <= \(limit) order by place limit \(limit)
        )
        select o.order_key, o.po_number, o.dsco_order_id, o.status, o.status_since, o.version, o.payload, o.outgoing_number,
               o.outgoing_id_type, o.store_id, o.invoice_id, o.lingxing_order_numbers, o.tracking_numbers, o.fulfilment,
               o.hold_reason, o.hold_facts, o.accepted_holds, o.wait_reason, o.rechecks, o.looked_up_at, o.attempts,
               o.same_refusals, o.last_error_code, o.mark is not null as is_marked,
               exists (select 1 from dsco_order_sync x where x.po_number = o.po_number and x.order_key <> o.order_key)
               -- One that DSCO has renamed still goes by the number that it went out under.
               or exists (select 1 from dsco_order_sync x where x.outgoing_number = o.po_number and x.order_key <> o.order_key) as number_shared
        from batch b join dsco_order_sync o on o.order_key = b.order_key
        order by b.place
        """
    }

    /// Whether orders are due now, beyond those that a run has just moved.
    package func hasDueOrders(now: Date) async throws -> Bool {
        guard stage.source != nil else { return false }
        let rows = try await session.query(
            """
            select exists (select 1 from dsco_order_sync o where \(isInScope) and o.next_attempt <= \(now)
                           and o.partition = any(\(partitions)::int[]) \(areNamed)) as due
            """)
        return try rows.first?.decode("due", as: Bool.self) ?? false
    }

    /// Whether effects of the run's orders are open that a run will look at by itself: those of an order in doubt wait for a person.
    package func hasOpenRows() async throws -> Bool {
        guard stage.source != nil else { return false }
        let rows = try await session.query(openRowsQuery)
        return try rows.first?.decode("open", as: Bool.self) ?? false
    }

    /// From each open row to its order by the key. `offset 0` leaves no other way in: with statistics from before a backlog came, the
    /// planner would go through the whole backlog for every open row.
    var openRowsQuery: PostgresQuery {
        """
        select exists (
          select 1 from submission s
          cross join lateral (select * from dsco_order_sync x where x.order_key = s.order_key offset 0) o
          where s.stage = \(stage.rawValue) and s.is_open
            and \(isInScope) and o.next_attempt < 'infinity' and o.partition = any(\(partitions)::int[]) \(areNamed)) as open
        """
    }

    /// Those of the names whose orders are due now, in their order.
    package func dueNames(now: Date) async throws -> [String] {
        guard stage.source != nil, !names.isEmpty else { return [] }
        let rows = try await session.query(
            """
            select name from unnest(\(names)::text[]) with ordinality as n (name, place)
            where exists (select 1 from dsco_order_sync o where (o.po_number = name or o.order_key = name)
                          and \(isInScope) and o.next_attempt <= \(now) and o.partition = any(\(partitions)::int[]))
            order by place
            """)
        return try rows.map { try $0.decode("name") }
    }

    /// Moves the next attempt of orders that a run took and left alone, unless somebody has changed them meanwhile.
    package func putOff(_ orders: [ClaimedOrder], until: Date, keepsPriority: Bool = false, now: Date) async throws {
        guard !orders.isEmpty else { return }
        try await session.query(
            """
            update dsco_order_sync o set next_attempt = \(until), priority = case when \(keepsPriority) then o.priority else 0 end
            from (select y.order_key from dsco_order_sync y
                  join unnest(\(orders.map(\.key.rawValue)), \(orders.map(\.version))) as x (order_key, version) on y.order_key = x.order_key
                  where y.version = x.version and y.next_attempt <= \(now) order by y.order_key for update of y) as x
            where o.order_key = x.order_key
            """)
    }

    /// The partitions of the named orders that are at the stage.
    package static func partitions(of names: [String], at stage: Stage, _ pool: PostgresPool) async throws -> [Int] {
        let rows = try await pool.query(
            """
            select distinct partition from dsco_order_sync
            where status = \(stage.source?.rawValue ?? 0) and (po_number = any(\(names)::text[]) or order_key = any(\(names)::text[]))
            order by partition
            """)
        return try rows.map { try $0.decode("partition") }
    }

    /// The condition that keeps a run to the orders that its tick names.
    private var areNamed: PostgresQuery {
        names.isEmpty ? "" : "and (o.po_number = any(\(names)::text[]) or o.order_key = any(\(names)::text[]))"
    }

    private func submissions(
        of keys: [OrderKey]
    ) async throws -> ([OrderKey: [StoredSubmission]], unreadable: [UnreadableOrder]) {
        guard !keys.isEmpty else { return ([:], []) }
        let rows = try await session.query(submissionsQuery(of: keys))
        let (values, unreadable) = try UnreadableOrder.sort(rows) { row in
            (key: OrderKey(rawValue: try row.decode("order_key")), row: try StoredSubmission(row))
        }
        return (Dictionary(grouping: values, by: \.key).mapValues { $0.map(\.row) }, unreadable)
    }

    func submissionsQuery(of keys: [OrderKey]) -> PostgresQuery {
        let keys = keys.map(\.rawValue)
        let columns: PostgresQuery =
            "order_key, id, stage, key, state, effect, attempts, run_id, request_id, sent_at, deadline_at, absent_looks, absent_at"
        return """
            select \(columns) from submission where order_key = any(\(keys)) and is_live and stage in (\(stage.rawValue), 'ship')
            union all
            select \(columns) from submission where order_key = any(\(keys)) and not is_live and stage = \(stage.rawValue)
            order by id
            """
    }

    private var deadlineColumn: String {
        switch stage {
        case .push, .ack, .pull, .stock: "acknowledge_by"
        case .ship: "ship_by"
        case .invoice: "invoice_by"
        }
    }
}

extension StoredSubmission {
    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        stage = try StoreDecoding.raw(row, "stage")
        key = try row.decode("key")
        state = try StoreDecoding.raw(row, "state")
        effect = try row.decode("effect", as: PostgresJSON.self).text
        attempts = try row.decode("attempts")
        runID = try row.decode("run_id")
        requestID = try row.decode("request_id")
        sentAt = try row.decode("sent_at")
        deadline = try row.decode("deadline_at")
        absentLooks = try row.decode("absent_looks")
        absentAt = try row.decode("absent_at")
    }
}

extension ClaimedOrder {
    init(_ row: PostgresRow) throws {
        key = OrderKey(rawValue: try row.decode("order_key"))
        poNumber = try row.decode("po_number")
        dscoOrderID = try row.decode("dsco_order_id")
        status = try StoreDecoding.raw(row, "status")
        statusSince = try row.decode("status_since")
        version = try row.decode("version")
        payload = try row.decode("payload", as: PostgresJSON.self).bytes
        identity = try StoreDecoding.identity(row)
        invoiceID = try row.decode("invoice_id")
        lingXingOrderNumbers = try row.decode("lingxing_order_numbers")
        trackingNumbers = try row.decode("tracking_numbers")
        fulfilment = try row.decode("fulfilment", as: PostgresJSON?.self).map {
            try LedgerCoding.read($0.text, what: "a fulfilment")
        }
        hold = try StoreDecoding.hold(row)
        acceptedHolds = try StoreDecoding.acceptedHolds(row)
        isNumberShared = try row.decode("number_shared")
        waitReason = try row.decode("wait_reason", as: String?.self).flatMap(WaitReason.init)
        rechecks = try row.decode("rechecks")
        lookedUpAt = try row.decode("looked_up_at")
        attempts = try row.decode("attempts")
        sameRefusals = try row.decode("same_refusals")
        lastErrorCode = try row.decode("last_error_code")
        isMarked = try row.decode("is_marked")
    }
}
