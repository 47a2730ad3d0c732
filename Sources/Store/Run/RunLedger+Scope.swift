import Domain
import PostgreSQL

extension RunLedger {
    /// Which orders a run takes. Every order is in exactly one scope of one stage.
    package enum Scope: Sendable, Hashable {
        /// Those that the stage moves on.
        case belt
        /// Those in LingXing that DSCO cancelled: push's second task (design 6, push).
        case cancelling
    }

    /// The condition on an order's row `o`.
    var isInScope: PostgresQuery {
        let pushed = OrderStatus.pushed.rawValue
        let acknowledged = OrderStatus.acknowledged.rawValue
        let cancelled = HoldReason.cancelledAtDSCO.rawValue
        switch scope {
        case .cancelling:
            return """
                o.status in (\(pushed), \(acknowledged)) and o.order_key in (
                  select h.order_key from dsco_order_sync h where h.hold_reason = \(cancelled)
                  union all select c.order_key from submission c where \(isOpenCancel))
                """
        case .belt:
            guard let source = stage.source, source == .pushed || source == .acknowledged else {
                return "o.status = \(stage.source?.rawValue ?? 0)"
            }
            return """
                o.status = \(source.rawValue) and o.hold_reason is distinct from \(cancelled)
                and not exists (select 1 from submission c where c.order_key = o.order_key and \(isOpenCancel))
                """
        }
    }

    private var isOpenCancel: PostgresQuery {
        "c.stage = \(Stage.push.rawValue) and c.key = \(LingXingCancellation.key) and c.is_open"
    }
}
