package import FoundationEssentials

/// A window of `GET /order/page` (DSCO contract 3.1).
package struct OrderWindow: Sendable, Hashable {
    package enum Sweep: String, Sendable, Hashable, CaseIterable {
        /// By creation; `since` is inclusive.
        case created
        /// By last change; `since` is exclusive.
        case updated
    }

    package var sweep: Sweep
    package var since: Date
    /// At least five seconds in the past.
    package var until: Date
    /// 10…1000.
    package var pageSize: Int
    package var includesTestOrders: Bool

    package init(_ sweep: Sweep, since: Date, until: Date, pageSize: Int = 1000, includesTestOrders: Bool = false) {
        self.sweep = sweep
        self.since = since
        self.until = until
        self.pageSize = pageSize
        self.includesTestOrders = includesTestOrders
    }

    var query: [(String, String)] {
        [
            (sweep == .created ? "ordersCreatedSince" : "ordersUpdatedSince", DSCODate.text(since)),
            ("until", DSCODate.text(until)),
            ("includeTestOrders", includesTestOrders ? "true" : "false"),
            ("ordersPerPage", String(min(max(pageSize, 10), 1000))),
        ]
    }
}

/// How an order is looked up (DSCO contract 3.2).
package enum OrderLookup: Sendable, Hashable {
    case dscoOrderID(String)
    /// Several orders may carry it.
    case poNumber(String)

    var query: [(String, String)] {
        let (key, value) =
            switch self {
            case .dscoOrderID(let id): ("dscoOrderId", id)
            case .poNumber(let number): ("poNumber", number)
            }
        return [("orderKey", key), ("value", value), ("returnMultiple", "true")]
    }
}
