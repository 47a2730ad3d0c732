package import Domain
package import FoundationEssentials
import PostgreSQL

extension OrderActions {
    /// Puts the order at another status, because a person says so (design 7.6): its open effects are closed at once, `confirmed` where the
    /// new status is past their stage, else `rejected`; the confirmed effects of the stages that will run again are superseded.
    ///
    /// - Parameter findings: what a look at the partner showed beforehand; it is recorded with the change.
    /// - Throws: `StoreError.notFound`.
    package func setStatus(
        _ order: OrderKey, to status: OrderStatus, reason: String, findings: String?, by: String, now: Date
    ) async throws {
        try await pool.withTransaction { session in
            var row = try await LockedOrder.lock(order, on: session)
            let old = row.state.status
            row.enter(status, now: now)
            let passed = Stage.allCases.filter { stage in status != .cancelled && (stage.goal.map { $0 <= status } ?? false) }
            let again = Stage.allCases.filter { stage in stage.source.map { $0 >= status } ?? false }
            var text = "\(old.rawValue) → \(status.rawValue): \(reason)"
            if let findings { text += " (found: \(findings))" }
            try await session.batch([
                """
                update submission set state = case when case when stage = 'push' and key = \(LingXingCancellation.key) then \(status == .cancelled)
                                                        else stage = any(\(passed.map(\.rawValue))) end then 'confirmed' else 'rejected' end,
                                      settled_at = \(now), answer_words = 'closed by set-status'
                where order_key = \(order.rawValue) and is_live and is_open
                """,
                """
                update submission set state = 'superseded', settled_at = \(now)
                where order_key = \(order.rawValue) and is_live and state = 'confirmed'
                  and (stage = any(\(again.map(\.rawValue))) or (stage = 'push' and key = \(LingXingCancellation.key) and \(status != .cancelled)))
                """,
                try LockedOrder.update([row], now: now),
                EventLog.insert([NewEvent(order, .statusSet, text, by: by)], now: now),
            ])
        }
    }
}
