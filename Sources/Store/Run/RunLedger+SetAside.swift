import Domain
package import FoundationEssentials
package import Pipeline
import PostgreSQL

extension RunLedger {
    /// Notes on orders that cannot be read why that is, and puts them off as a failed attempt does, to a person in the end. Nothing else of
    /// their rows is touched: a version that can read them finds them as they were.
    package func setAside(_ orders: [UnreadableOrder], retry: RetryPolicy, now: Date) async throws {
        guard !orders.isEmpty else { return }
        let events = orders.map { NewEvent($0.order, .failed, $0.words, stage: stage, runID: runID) }
        try await session.batch([
            """
            update dsco_order_sync o
            set attempts = o.attempts + 1, last_error_code = 'row_unreadable', last_error_text = x.words, last_error_at = \(now),
                priority = 0, version = o.version + 1, updated_at = \(now),
                next_attempt = case when o.attempts + 1 >= \(retry.attempts)::int then 'infinity'
                  else \(now) + least(\(retry.maximum), \(retry.base) * power(2, least(o.attempts, 30))) * interval '1 second' end,
                hold_reason = case when o.attempts + 1 >= \(retry.attempts)::int
                  then coalesce(o.hold_reason, \(HoldReason.retriesExhausted.rawValue)) else o.hold_reason end,
                hold_facts = case when o.attempts + 1 >= \(retry.attempts)::int
                  then coalesce(o.hold_facts, 'row_unreadable') else o.hold_facts end,
                hold_since = case when o.attempts + 1 >= \(retry.attempts)::int
                  then coalesce(o.hold_since, \(now)) else o.hold_since end
            from (select y.order_key, z.words from dsco_order_sync y
                  join unnest(\(orders.map(\.order.rawValue)), \(orders.map(\.words.withoutNUL))) as z (order_key, words)
                    on z.order_key = y.order_key
                  order by y.order_key for update of y) as x
            where o.order_key = x.order_key
            """,
            EventLog.insert(events, now: now),
        ])
    }
}
