package import Domain
package import FoundationEssentials
import Pipeline
import PostgreSQL

extension RunLedger {
    /// Records what is known of effects by now, whatever becomes of their orders.
    package func record(_ changes: [SubmissionChange], now: Date) async throws {
        guard !changes.isEmpty else { return }
        try await session.batch([Self.submissionUpdate(changes, now: now)])
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
        let statuses = try await rowByRow(changes.inKeyOrder(\.order)) { changes in
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
            let (current, ledger) = try await self.lockRows(sorted, session)
            var statuses: [(OrderKey, OrderStatus)] = []
            var rows: [SettledOrder] = []
            var events: [NewEvent] = []
            for change in sorted {
                guard let state = current[change.order] else { continue }
                let open = ledger.open[change.order] ?? []
                let settled = Set(change.submissions.lazy.filter { !$0.state.isOpen }.map(\.id))
                let leftOpen = open.subtracting(settled).union(change.submissions.lazy.filter(\.state.isOpen).map(\.id))
                var next = state
                let isOutdated = change.version.map { $0 != state.version } ?? false
                // A refusal stays: how often it has come counts.
                if let trouble = change.trouble, !isOutdated, state.sameRefusals == 0 { next.note(trouble, now: now) }
                if change.lookedUp { next.lookedUpAt = lookedUpAt ?? now }
                let wasOvertaken = change.submissions.contains { submission in
                    ledger.ended[submission.id].map { $0 != submission.state } ?? false
                }
                let timeline =
                    change.timeline
                    + next.apply(
                        change.outcome, from: change.status, scope: self.scope, hasOpenRows: !leftOpen.isEmpty,
                        isOutdated: isOutdated, wasOvertaken: wasOvertaken, now: now)
                // Effects that stay open are looked at again, whatever the order's hold.
                if !leftOpen.isEmpty, !wasOvertaken {
                    if case .wait(_, until: let until, rechecks: _) = change.outcome { next.nextAttempt = until }
                    if let look = change.nextLook { next.nextAttempt = look }
                } else if let look = change.nextLook, next.isHeld(by: change.outcome, scope: self.scope) {
                    next.nextAttempt = look
                    next.rechecks += 1
                }
                statuses.append((change.order, next.status))
                rows.append(SettledOrder(change: change, state: next))
                events += timeline.map { NewEvent(change.order, $0.kind, $0.text, stage: self.stage, runID: self.runID) }
            }
            var queries: [PostgresQuery] = []
            if !rows.isEmpty { queries.append(try SettledOrder.update(rows, now: now)) }
            let submissions = sorted.flatMap(\.submissions)
            if !submissions.isEmpty { queries.append(Self.submissionUpdate(submissions, now: now)) }
            if !events.isEmpty { queries.append(EventLog.insert(events, now: now)) }
            if !queries.isEmpty { try await session.batch(queries) }
            return statuses
        }
    }

    /// The orders' rows, and what the ledger says of them: their open rows at the stage, and those of the run's rows that have ended.
    private func lockRows(_ changes: [OrderChange], _ session: PostgresConnection) async throws -> (
        orders: [OrderKey: OrderRowState], ledger: (open: [OrderKey: Set<Int64>], ended: [Int64: SubmissionState])
    ) {
        let keys = changes.map(\.order)
        let (rows, others) = try await session.lockRows(
            of: keys,
            """
            o.order_key, o.status, o.status_since, o.version, o.hold_reason, o.hold_facts, o.hold_since, o.hold_by, o.mark,
            o.wait_reason, o.rechecks, o.attempts, o.same_refusals, o.last_error_code, o.last_error_text, o.last_error_at,
            case when o.next_attempt = 'infinity' then null else o.next_attempt end as next_attempt, o.looked_up_at
            """,
            then: [
                OpenRows.query(of: keys, at: stage),
                "select id, state from submission where id = any(\(changes.flatMap(\.submissions).map(\.id))) and not is_open",
            ])
        // One that cannot be read stays as it is: the next claim says so.
        let (states, _) = try UnreadableOrder.sort(rows) { row in
            (OrderKey(rawValue: try row.decode("order_key")), try OrderRowState(row))
        }
        let ended = try others[1].map {
            (try $0.decode("id", as: Int64.self), try StoreDecoding.raw($0, "state") as SubmissionState)
        }
        return (
            Dictionary(states) { first, _ in first },
            (try OpenRows.byOrder(others[0]), Dictionary(ended) { first, _ in first })
        )
    }

    private static func submissionUpdate(_ changes: [SubmissionChange], now: Date) -> PostgresQuery {
        // A row that a person closed meanwhile stays closed, but what is known to have happened is never forgotten.
        """
        update submission s
        set state = x.state, request_id = coalesce(x.request_id, s.request_id), answer_code = coalesce(x.code, s.answer_code),
            answer_words = coalesce(x.words, s.answer_words), sent_at = coalesce(x.sent_at, s.sent_at), absent_looks = x.looks,
            absent_at = x.absent_at,
            settled_at = case when x.state in ('confirmed', 'rejected', 'superseded') then \(now) end
        from unnest(
          \(changes.map(\.id)), \(changes.map(\.state.rawValue)), \(changes.map(\.requestID?.withoutNUL)),
          \(changes.map(\.code?.withoutNUL)), \(changes.map(\.words?.withoutNUL)), \(changes.map(\.sentAt)),
          \(changes.map(\.absentLooks)), \(changes.map(\.absentAt))
        ) as x (id, state, request_id, code, words, sent_at, looks, absent_at)
        where s.id = x.id
          and (s.is_open or (s.state = 'rejected' and x.state = 'confirmed'))
        """
    }
}
