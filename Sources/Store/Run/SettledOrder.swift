import Domain
import FoundationEssentials
import PostgreSQL

/// What a run makes of one order's row.
struct SettledOrder: Sendable {
    let change: OrderChange
    let state: OrderRowState

    /// One statement for all rows, which are locked.
    static func update(_ orders: [SettledOrder], now: Date) throws -> PostgresQuery {
        let states = orders.map(\.state), learned = orders.map(\.change.learned)
        return """
            update dsco_order_sync o
            set status = x.status, status_since = x.status_since, version = x.version, hold_reason = x.hold_reason,
                hold_facts = x.hold_facts, hold_since = x.hold_since, hold_by = x.hold_by, mark = x.mark::json,
                wait_reason = x.wait_reason, rechecks = x.rechecks, attempts = x.attempts, same_refusals = x.same_refusals,
                last_error_code = x.error_code, last_error_text = x.error_text, last_error_at = x.error_at,
                last_attempt = coalesce(x.last_attempt, o.last_attempt), next_attempt = coalesce(x.next_attempt, 'infinity'),
                looked_up_at = x.looked_up_at, priority = 0, \(Learned.assignments),
                outgoing_number = coalesce(o.outgoing_number, x.number), outgoing_id_type = coalesce(o.outgoing_id_type, x.id_type),
                store_id = coalesce(o.store_id, x.store), invoice_id = coalesce(o.invoice_id, x.invoice), updated_at = \(now)
            from unnest(
              \(orders.map(\.change.order.rawValue)), \(states.map(\.status.rawValue)), \(states.map(\.statusSince)),
              \(states.map(\.version)), \(states.map(\.hold?.reason.rawValue)), \(states.map(\.hold?.facts.withoutNUL)),
              \(states.map(\.holdSince)), \(states.map(\.holdBy?.withoutNUL)), \(try states.map { try $0.marksColumn }),
              \(states.map(\.waitReason?.rawValue)), \(states.map(\.rechecks)), \(states.map(\.attempts)),
              \(states.map(\.sameRefusals)), \(states.map(\.lastErrorCode?.withoutNUL)), \(states.map(\.lastErrorText?.withoutNUL)),
              \(states.map(\.lastErrorAt)), \(orders.map { $0.change.submissions.compactMap(\.sentAt).max() }),
              \(states.map(\.nextAttempt)), \(states.map(\.lookedUpAt)), \(learned.map(\.numbersColumn)),
              \(learned.map(\.trackingColumn)), \(learned.map(\.fulfilmentColumn)),
              \(learned.map(\.identity?.number.withoutNUL)), \(learned.map(\.identity?.idType.rawValue)),
              \(learned.map(\.identity?.storeID.withoutNUL)), \(learned.map(\.invoiceID?.withoutNUL))
            ) as x (order_key, status, status_since, version, hold_reason, hold_facts, hold_since, hold_by, mark, wait_reason, rechecks,
                    attempts, same_refusals, error_code, error_text, error_at, last_attempt, next_attempt, looked_up_at, numbers,
                    tracking, fulfilment, number, id_type, store, invoice)
            where o.order_key = x.order_key
            """
    }
}
