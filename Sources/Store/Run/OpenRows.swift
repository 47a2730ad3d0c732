import Domain
import PostgreSQL

/// Looking up what the ledger has open for orders. From each order to its rows, and `offset 0` leaves no other way in: with statistics from a
/// quiet hour the planner would go through everything that is open for one order.
enum OpenRows {
    /// The orders' effects that may be under way at the stage: `order_key`, `id`.
    static func query(of orders: [OrderKey], at stage: Stage) -> PostgresQuery {
        """
        select k.order_key, s.id from unnest(\(orders.map(\.rawValue))) k (order_key)
        cross join lateral (select x.id from submission x
                            where x.stage = \(stage.rawValue) and x.order_key = k.order_key and x.is_open offset 0) s
        """
    }

    /// What the ledger says of the orders that it knows: `order_key`, whether effects are under way at any stage (`is_open`), whether
    /// LingXing has confirmed the creation (`is_created`).
    static func standings(of orders: [OrderKey]) -> PostgresQuery {
        """
        select k.order_key, bool_or(s.is_open) as is_open,
               bool_or(s.stage = \(Stage.push.rawValue) and s.key = \(NewLingXingOrder.key) and not s.is_open) as is_created
        from unnest(\(orders.map(\.rawValue))) k (order_key)
        cross join lateral (select x.stage, x.key, x.is_open from submission x
                            where x.order_key = k.order_key and x.is_live offset 0) s
        group by k.order_key
        """
    }

    static func byOrder(_ rows: PostgresRows) throws -> [OrderKey: Set<Int64>] {
        var open: [OrderKey: Set<Int64>] = [:]
        for row in rows { open[OrderKey(rawValue: try row.decode("order_key")), default: []].insert(try row.decode("id")) }
        return open
    }
}
