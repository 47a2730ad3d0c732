import Domain
import PostgreSQL

/// Looking up the open rows of the ledger by order. From each order to its rows, and `offset 0` leaves no other way in: with statistics from a
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

    /// Those of the orders that have effects under way at any stage: `order_key`.
    static func ordersWithAny(of orders: [OrderKey]) -> PostgresQuery {
        """
        select k.order_key from unnest(\(orders.map(\.rawValue))) k (order_key)
        where exists (select 1 from (select x.is_open from submission x
                                     where x.order_key = k.order_key and x.is_live offset 0) s where s.is_open)
        """
    }

    static func byOrder(_ rows: PostgresRows) throws -> [OrderKey: Set<Int64>] {
        var open: [OrderKey: Set<Int64>] = [:]
        for row in rows { open[OrderKey(rawValue: try row.decode("order_key")), default: []].insert(try row.decode("id")) }
        return open
    }
}
