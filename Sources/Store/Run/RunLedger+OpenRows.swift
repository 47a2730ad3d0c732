import Domain
import PostgreSQL

extension RunLedger {
    /// The orders' effects that may be under way at the stage.
    func openRows(of orders: [OrderKey]) -> PostgresQuery {
        """
        select order_key, id from submission
        where stage = \(stage.rawValue) and order_key = any(\(orders.map(\.rawValue))) and is_open
        """
    }

    static func byOrder(openRows rows: PostgresRows) throws -> [OrderKey: Set<Int64>] {
        var open: [OrderKey: Set<Int64>] = [:]
        for row in rows { open[OrderKey(rawValue: try row.decode("order_key")), default: []].insert(try row.decode("id")) }
        return open
    }
}
