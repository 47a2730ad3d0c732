import Domain
package import FoundationEssentials
import PostgreSQL

extension RunLedger {
    /// Those of the ledger's rows that failed while the partner answered others: it confirmed an effect of the stage to another order in the
    /// time before their last sending. What it confirms afterwards says nothing about them: an outage may have ended in between.
    ///
    /// - Parameters:
    ///   - permission: how many seconds before its deadline a row was sent at the earliest.
    ///   - seconds: how long before that sending counts.
    package func passedBy(_ rows: [Int64], permission: TimeInterval, within seconds: TimeInterval) async throws -> Set<Int64> {
        let found = try await session.query(passedByQuery(rows, permission: permission, within: seconds))
        return Set(try found.map { try $0.decode("id") })
    }

    /// Reads the timeline's lines of that time once, whatever the number of rows.
    func passedByQuery(_ rows: [Int64], permission: TimeInterval, within seconds: TimeInterval) -> PostgresQuery {
        """
        with spent as materialized (
          select id, order_key, deadline_at - \(permission) * interval '1 second' as sent from submission where id = any(\(rows))
        ), others as materialized (
          select at, order_key from order_event
          where at between (select min(sent) from spent) - \(seconds) * interval '1 second' and (select max(sent) from spent)
            and stage = \(stage.rawValue) and kind = 'confirmed'
        )
        select id from spent s
        where exists (select 1 from others o where o.at between s.sent - \(seconds) * interval '1 second' and s.sent
                                               and o.order_key <> s.order_key)
        """
    }
}
