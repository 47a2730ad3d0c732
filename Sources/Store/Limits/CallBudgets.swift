package import FoundationEssentials
package import PostgreSQL

/// How often each call of a partner may be made by the whole fleet: in any second, and in any minute (design 8).
///
/// The database's clock is the fleet's: those of its hosts may be apart by more than the limits leave room for.
package struct CallBudgets: Sendable {
    /// A token bucket: so many calls at once, then one an interval.
    package struct Bucket: Sendable, Hashable {
        package var burst: Int
        /// Seconds between two calls.
        package var interval: TimeInterval

        package init(burst: Int, interval: TimeInterval) {
            self.burst = burst
            self.interval = interval
        }

        /// How long before it is full again a call fits into it, in seconds.
        fileprivate var lead: TimeInterval { interval * Double(burst - 1) }
    }

    package enum Reservation: Sendable, Hashable {
        /// The call is to be made after so many seconds, not before.
        case granted(after: TimeInterval)
        /// Nothing was taken: the next call fits in so many seconds.
        case refused(retryAfter: TimeInterval)
    }

    private let pool: PostgresPool
    private let partner: String

    package init(_ pool: PostgresPool, partner: String) {
        self.pool = pool
        self.partner = partner
    }

    /// Takes the next place of a call, in the order in which the fleet asks.
    ///
    /// - Parameter patience: seconds; a place further away than that is not taken.
    package func reserve(
        _ call: String, second: Bucket, minute: Bucket, patience: TimeInterval
    ) async throws -> Reservation {
        let granted = try await pool.query(
            """
            insert into call_budget as b (partner, call, granted_at, second_full_at, minute_full_at)
            select \(partner), \(call), now, now + \(second.interval) * interval '1 second', now + \(minute.interval) * interval '1 second'
            from (select clock_timestamp() as now) t
            on conflict (partner, call) do update set (granted_at, second_full_at, minute_full_at) = (
              select place, greatest(place, b.second_full_at) + \(second.interval) * interval '1 second',
                     greatest(place, b.minute_full_at) + \(minute.interval) * interval '1 second'
              from (select greatest(
                clock_timestamp(), b.second_full_at - \(second.lead) * interval '1 second',
                b.minute_full_at - \(minute.lead) * interval '1 second') as place) p)
            where greatest(b.second_full_at - \(second.lead) * interval '1 second', b.minute_full_at - \(minute.lead) * interval '1 second')
                  <= clock_timestamp() + \(patience) * interval '1 second'
            returning extract(epoch from granted_at - clock_timestamp())::float8 as delay
            """)
        if let row = granted.first { return .granted(after: max(0, try row.decode("delay"))) }
        let wait: Double? = try await pool.query(
            """
            select extract(epoch from greatest(
              second_full_at - \(second.lead) * interval '1 second', minute_full_at - \(minute.lead) * interval '1 second')
              - clock_timestamp())::float8 as wait
            from call_budget where partner = \(partner) and call = \(call)
            """
        ).first?.decode("wait")
        return .refused(retryAfter: max(0, wait ?? 0))
    }
}
