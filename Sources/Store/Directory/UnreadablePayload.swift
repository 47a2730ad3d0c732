import Domain
package import FoundationEssentials
package import JSON
import PostgreSQL

/// Something in quarantine, for people: what it seems to be and why it could not be read. What it is about is read again with every sweep that
/// shows it, so it goes by itself once the partner shows it readably.
package struct UnreadablePayload: Sendable, Hashable {
    /// Who sent it in answer to what, such as `dsco order`.
    package var source: String
    /// The order that it seems to belong to: its poNumber, else its key; nil when not even that could be read.
    package var name: String?
    package var reason: String
    package var since: Date
    package var lastSeen: Date

    /// As `conveyor status --json` shows it.
    package var json: JSON {
        [
            "source": .string(source), "order": .orNull(name), "reason": .string(reason), "since": .orNull(since),
            "last_seen": .orNull(lastSeen),
        ]
    }
}

extension UnreadablePayload {
    static let columns = "source, coalesce(po_number, order_key) as name, reason, first_seen, last_seen"

    /// The newest ones.
    static func newest(_ limit: Int) -> PostgresQuery {
        """
        select \(unescaped: columns) from quarantined_payload where resolved_at is null order by last_seen desc limit \(limit)
        """
    }

    init(_ row: PostgresRow) throws {
        source = try row.decode("source")
        name = try row.decode("name")
        reason = try row.decode("reason")
        since = try row.decode("first_seen")
        lastSeen = try row.decode("last_seen")
    }
}

extension OrderDirectory {
    /// The newest in quarantine under this poNumber or DSCO order id.
    package func unreadable(_ name: String) async throws -> UnreadablePayload? {
        let name = name.withoutNUL
        return try await pool.query(
            """
            select \(unescaped: UnreadablePayload.columns) from quarantined_payload
            where resolved_at is null and (order_key = \(name) or po_number = \(name)) order by last_seen desc limit 1
            """
        ).first.map(UnreadablePayload.init)
    }
}
