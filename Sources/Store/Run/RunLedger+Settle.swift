package import Domain
package import FoundationEssentials
import JSON
import Pipeline
import PostgreSQL

extension RunLedger {
    /// Records answers as they come, before anything else is decided from them: a crash afterwards finds what is known.
    ///
    /// - Parameter numbers: LingXing's numbers of the orders, where an answer named them: only the answer does.
    package func record(_ changes: [SubmissionChange], numbers: [OrderKey: [String]] = [:], now: Date) async throws {
        guard !changes.isEmpty else { return }
        var queries = [Self.submissionUpdate(changes, now: now)]
        if !numbers.isEmpty { queries.append(Self.numbersUpdate(numbers)) }
        try await session.batch(queries)
    }

    /// Stores the results of a run in one transaction: ledger rows, orders' rows by compare-and-set, marks and timeline (design 7.5). An
    /// order of which the database refuses a value, or whose row cannot be read, has its ledger rows stored at least; the others go on.
    ///
    /// - Returns: the status of each order afterwards.
    @discardableResult
    package func settle(
        _ changes: [OrderChange], lookedUpAt: Date? = nil, now: Date
    ) async throws -> [OrderKey: OrderStatus] {
        guard !changes.isEmpty else { return [:] }
        let statuses = try await rowByRow(changes.sorted { $0.order < $1.order }) { changes in
            try await store(changes, lookedUpAt: lookedUpAt, now: now)
        } alone: { change, error in
            try await rowByRow([change.bare(error)]) { changes in
                try await store(changes, lookedUpAt: lookedUpAt, now: now)
            } alone: { change, _ in
                try await record(change.submissions, now: now)
                return []
            }
        }
        return Dictionary(statuses) { first, _ in first }
    }

    private func store(_ sorted: [OrderChange], lookedUpAt: Date?, now: Date) async throws -> [(OrderKey, OrderStatus)] {
        try await session.transaction { session in
            let current = try await self.lockRows(sorted, session)
            let ledger = try await Self.states(sorted.flatMap(\.submissions).map(\.id), session)
            var statuses: [(OrderKey, OrderStatus)] = []
            var rows: [JSON] = []
            var events: [JSON] = []
            for change in sorted {
                guard let (state, open) = current[change.order] else { continue }
                let settled = Set(change.submissions.lazy.filter { !$0.state.isOpen }.map(\.id))
                let leftOpen = open.subtracting(settled).union(change.submissions.lazy.filter(\.state.isOpen).map(\.id))
                var next = state
                if change.lookedUp { next.lookedUpAt = lookedUpAt ?? now }
                let wasOvertaken = change.submissions.contains { submission in
                    ledger[submission.id].map { !$0.isOpen && $0 != submission.state } ?? false
                }
                let timeline =
                    change.timeline
                    + next.apply(
                        change.outcome, from: change.status, scope: self.scope, hasOpenRows: !leftOpen.isEmpty,
                        isOutdated: change.version.map { $0 != state.version } ?? false, wasOvertaken: wasOvertaken, now: now)
                // Effects that stay open are looked at again, whatever the order's hold.
                if !leftOpen.isEmpty, !wasOvertaken {
                    if case .wait(_, until: let until, rechecks: _) = change.outcome { next.nextAttempt = until }
                    if let look = change.nextLook { next.nextAttempt = look }
                } else if let look = change.nextLook, next.isHeld(by: change.outcome, scope: self.scope) {
                    next.nextAttempt = look
                    next.rechecks += 1
                }
                statuses.append((change.order, next.status))
                rows.append(try Self.row(change, next))
                events += timeline.map { self.event($0, change.order) }
            }
            var queries: [PostgresQuery] = []
            if !rows.isEmpty { queries.append(Self.orderUpdate(rows, now: now)) }
            let submissions = sorted.flatMap(\.submissions)
            if !submissions.isEmpty { queries.append(Self.submissionUpdate(submissions, now: now)) }
            if !events.isEmpty { queries.append(self.eventInsert(events, now: now)) }
            if !queries.isEmpty { try await session.batch(queries) }
            return statuses
        }
    }

    private func lockRows(_ changes: [OrderChange], _ session: PostgresConnection) async throws -> [OrderKey: (
        OrderRowState, Set<Int64>
    )] {
        let rows = try await session.query(
            lockingRowsOf: changes.map(\.order),
            """
            select o.order_key, o.status, o.status_since, o.version, o.hold_reason, o.hold_facts, o.hold_since, o.hold_by, o.mark,
                   o.wait_reason, o.rechecks, o.attempts, o.same_refusals, o.last_error_code, o.last_error_text, o.last_error_at,
                   case when o.next_attempt = 'infinity' then null else o.next_attempt end as next_attempt, o.looked_up_at,
                   array(select s.id from submission s where s.order_key = o.order_key and s.stage = \(stage.rawValue)
                         and s.state in ('intended', 'accepted', 'unknown')) as open
            from dsco_order_sync o where o.order_key = any(\(changes.map(\.order.rawValue)))
            order by o.order_key
            """)
        // One that cannot be read stays as it is: the next claim says so.
        let (states, _) = try UnreadableOrder.sort(rows) { row in
            let open: [Int64] = try row.decode("open")
            return (OrderKey(rawValue: try row.decode("order_key")), (try OrderRowState(row), Set(open)))
        }
        return Dictionary(states) { first, _ in first }
    }

    private static func states(_ ids: [Int64], _ session: PostgresConnection) async throws -> [Int64: SubmissionState] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await session.query("select id, state from submission where id = any(\(ids))")
        return Dictionary(try rows.map { (try $0.decode("id"), try StoreDecoding.raw($0, "state")) }) { first, _ in first }
    }

    private static func numbersUpdate(_ numbers: [OrderKey: [String]]) -> PostgresQuery {
        let rows = JSON.array(numbers.map { ["order_key": .string($0.key.rawValue), "numbers": .column($0.value)] }).text()
        return """
            update dsco_order_sync o set lingxing_order_numbers = array(select json_array_elements_text(x.numbers))
            from (select y.order_key, z.numbers from dsco_order_sync y
                  join json_to_recordset(\(PostgresJSON(text: rows))) as z (order_key text, numbers json) on z.order_key = y.order_key
                  order by y.order_key for update of y) as x
            where o.order_key = x.order_key
            """
    }

    private static func submissionUpdate(_ changes: [SubmissionChange], now: Date) -> PostgresQuery {
        let rows = JSON.array(
            changes.map { change in
                [
                    "id": .column(change.id), "state": .string(change.state.rawValue), "request_id": .column(change.requestID),
                    "code": .column(change.code), "words": .column(change.words), "sent_at": .column(change.sentAt),
                    "looks": .column(change.absentLooks), "absent_at": .column(change.absentAt),
                ]
            }
        ).text()
        // A row that a person closed meanwhile stays closed, but what is known to have happened is never forgotten.
        return """
            update submission s
            set state = x.state, request_id = coalesce(x.request_id, s.request_id), answer_code = coalesce(x.code, s.answer_code),
                answer_words = coalesce(x.words, s.answer_words), sent_at = coalesce(x.sent_at, s.sent_at), absent_looks = x.looks,
                absent_at = x.absent_at,
                settled_at = case when x.state in ('confirmed', 'rejected', 'superseded') then \(now) end
            from json_to_recordset(\(PostgresJSON(text: rows))) as x (id bigint, state text, request_id text, code text, words text,
                                                                sent_at timestamptz, looks int, absent_at timestamptz)
            where s.id = x.id
              and (s.state in ('intended', 'accepted', 'unknown') or (s.state = 'rejected' and x.state = 'confirmed'))
            """
    }

    private static func row(_ change: OrderChange, _ state: OrderRowState) throws -> JSON {
        let row: JSON = [
            "order_key": .string(change.order.rawValue), "status": .column(state.status.rawValue),
            "status_since": .column(state.statusSince), "version": .column(state.version),
            "hold_reason": .column(state.hold?.reason.rawValue), "hold_facts": .column(state.hold?.facts),
            "hold_since": .column(state.holdSince),
            "hold_by": .column(state.holdBy), "mark": try state.marksColumn,
            "wait_reason": .column(state.waitReason?.rawValue),
            "rechecks": .column(state.rechecks), "attempts": .column(state.attempts),
            "same_refusals": .column(state.sameRefusals), "error_code": .column(state.lastErrorCode),
            "error_text": .column(state.lastErrorText), "error_at": .column(state.lastErrorAt),
            "next_attempt": state.nextAttempt.map { .column($0) } ?? "infinity", "looked_up_at": .column(state.lookedUpAt),
            "number": .column(change.learned.identity?.number), "id_type": .column(change.learned.identity?.idType.rawValue),
            "store": .column(change.learned.identity?.storeID), "invoice": .column(change.learned.invoiceID),
        ]
        return row.merging(try change.learned.columns)
    }

    private static func orderUpdate(_ rows: [JSON], now: Date) -> PostgresQuery {
        """
        update dsco_order_sync o
        set status = x.status, status_since = x.status_since, version = x.version, hold_reason = x.hold_reason, hold_facts = x.hold_facts,
            hold_since = x.hold_since, hold_by = x.hold_by, mark = x.mark, wait_reason = x.wait_reason,
            rechecks = x.rechecks, attempts = x.attempts, same_refusals = x.same_refusals, last_error_code = x.error_code,
            last_error_text = x.error_text, last_error_at = x.error_at, next_attempt = x.next_attempt, looked_up_at = x.looked_up_at,
            priority = 0,
            \(Learned.assignments), outgoing_number = coalesce(o.outgoing_number, x.number),
            outgoing_id_type = coalesce(o.outgoing_id_type, x.id_type), store_id = coalesce(o.store_id, x.store),
            invoice_id = coalesce(o.invoice_id, x.invoice), updated_at = \(now)
        from json_to_recordset(\(PostgresJSON(text: JSON.array(rows).text()))) as x (
          order_key text, status smallint, status_since timestamptz, version bigint, hold_reason text, hold_facts text,
          hold_since timestamptz, hold_by text, mark json, wait_reason text, rechecks int, attempts int, same_refusals int,
          error_code text, error_text text, error_at timestamptz, next_attempt timestamptz, looked_up_at timestamptz,
          \(unescaped: Learned.columnTypes), number text, id_type text, store text, invoice text)
        where o.order_key = x.order_key
        """
    }

    private func event(_ entry: TimelineEntry, _ order: OrderKey) -> JSON {
        ["order_key": .string(order.rawValue), "kind": .string(entry.kind.rawValue), "text": .column(entry.text)]
    }

    private func eventInsert(_ events: [JSON], now: Date) -> PostgresQuery {
        """
        insert into order_event (order_key, at, kind, stage, run_id, text)
        select x.order_key, \(now), x.kind, \(stage.rawValue), \(runID), x.text
        from json_to_recordset(\(PostgresJSON(text: JSON.array(events).text()))) as x (order_key text, kind text, text text)
        """
    }
}
