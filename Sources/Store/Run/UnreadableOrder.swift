package import Domain
import FoundationEssentials
import JSON
import PostgreSQL

/// An order whose row, or a ledger row of it, this version cannot read. It stands alone: the others of its batch go on (design 9.9).
package struct UnreadableOrder: Sendable, Hashable {
    package var order: OrderKey
    /// Which column it is; no values.
    package var words: String

    /// Reads each row by itself.
    static func sort<Value>(
        _ rows: PostgresRows, _ read: (PostgresRow) throws -> Value
    ) throws -> (values: [Value], unreadable: [UnreadableOrder]) {
        var values: [Value] = []
        var unreadable: [UnreadableOrder] = []
        for row in rows {
            do {
                values.append(try read(row))
            } catch {
                unreadable.append(
                    UnreadableOrder(order: OrderKey(rawValue: try row.decode("order_key")), words: "the order's row: \(error)"))
            }
        }
        return (values, unreadable)
    }
}
