package import FoundationEssentials
package import PostgreSQL

/// How many calls of one path of a partner may be under way at once in the whole fleet, and how far apart they start (design 8). A slot whose
/// holder died, or whose call was aborted, frees itself when its time is up.
///
/// The database's clock is the fleet's: those of its hosts may be further apart than the gap.
package struct RemoteSlots: Sendable {
    package struct Slot: Sendable, Hashable {
        package var path: String
        package var index: Int
        /// Tells this tenure from an earlier one of the same slot.
        package var ticket: Int64

        package init(path: String, index: Int, ticket: Int64) {
            self.path = path
            self.index = index
            self.ticket = ticket
        }
    }

    package enum Claim: Sendable, Hashable {
        /// The call is to start after so many seconds, not before.
        case granted(Slot, after: TimeInterval)
        /// Nothing was taken, and nothing is free for so many seconds.
        case busy(retryAfter: TimeInterval)
    }

    private let pool: PostgresPool
    private let partner: String

    package init(_ pool: PostgresPool, partner: String) {
        self.pool = pool
        self.partner = partner
    }

    /// Takes a free slot of the path and, the gap after the latest start, a start of its own.
    ///
    /// - Parameters:
    ///   - gap: seconds between two starts.
    ///   - hold: how many seconds the slot is kept at most when nobody gives it back.
    ///   - patience: seconds; a start further away than that is not taken.
    ///   - ticket: new for every claim.
    package func claim(
        _ path: String, capacity: Int, gap: TimeInterval, hold: TimeInterval, patience: TimeInterval, ticket: Int64
    ) async throws -> Claim {
        let turn = self.turn(path)
        let taking = self.taking(path, capacity: capacity, gap: gap, hold: hold, patience: patience, ticket: ticket)
        return try await pool.withConnection { session in
            var wait = 0.0
            var taken = try await session.batch([turn, taking])[1].first
            if taken == nil {
                let now = try await session.query(standing(path, capacity: capacity, gap: gap))[0]
                wait = try now.decode("wait")
                // The path is new, or has more slots now than it had; or somebody has just made or freed one.
                let isLacking = try now.decode("slots", as: Int.self) < capacity
                let isFree = try now.decode("free", as: Int.self) > 0 && wait <= patience
                guard isLacking || isFree else { return .busy(retryAfter: max(0, wait)) }
                taken = try await session.batch([turn, adding(path, capacity: capacity), taking])[2].first
            }
            guard let taken else { return .busy(retryAfter: max(0, wait)) }
            return .granted(
                Slot(path: path, index: try taken.decode("slot"), ticket: ticket), after: max(0, try taken.decode("delay")))
        }
    }

    /// Gives the slot back; one that somebody else has by now is left alone.
    ///
    /// - Parameter seconds: how long the call may still run at the partner, which keeps the slot taken: 0 when it was answered.
    package func release(_ slot: Slot, after seconds: TimeInterval = 0) async throws {
        // Whoever was cancelled gives back too: the fleet would miss the slot for minutes.
        try await pool.query(
            """
            update remote_limit set busy_until = clock_timestamp() + \(seconds) * interval '1 second'
            where partner = \(partner) and path = \(slot.path) and slot = \(slot.index) and holder = \(String(slot.ticket))
            """, shielded: true)
    }
}

// MARK: Statements

extension RemoteSlots {
    private func mine(_ path: String) -> PostgresQuery { "partner = \(partner) and path = \(path)" }

    /// One claim of a path at a time: the gap counts from the latest start, whoever's it is.
    private func turn(_ path: String) -> PostgresQuery {
        "select pg_advisory_xact_lock(hashtextextended(\("slots \(partner) \(path)"), 0))"
    }

    /// What a release wrote meanwhile counts, so the slot is looked at again when it is taken.
    private func taking(
        _ path: String, capacity: Int, gap: TimeInterval, hold: TimeInterval, patience: TimeInterval, ticket: Int64
    ) -> PostgresQuery {
        """
        update remote_limit set busy_until = t.start + \(hold) * interval '1 second', holder = \(String(ticket)), started_at = t.start
        from (select greatest(clock_timestamp(), max(started_at) + \(gap) * interval '1 second') as start
              from remote_limit where \(mine(path))) t
        where t.start <= clock_timestamp() + \(patience) * interval '1 second'
          and \(mine(path)) and busy_until <= clock_timestamp() and slot = (
            select slot from remote_limit where \(mine(path)) and slot < \(capacity) and busy_until <= clock_timestamp()
            order by slot limit 1)
        returning slot, extract(epoch from started_at - clock_timestamp())::float8 as delay
        """
    }

    /// How many slots the path has, how many are free, and the seconds until one may be taken.
    private func standing(_ path: String, capacity: Int, gap: TimeInterval) -> PostgresQuery {
        """
        select count(*) as slots, count(*) filter (where busy_until <= clock_timestamp()) as free,
               extract(epoch from greatest(
                 clock_timestamp(), min(busy_until),
                 (select max(started_at) from remote_limit where \(mine(path))) + \(gap) * interval '1 second')
                 - clock_timestamp())::float8 as wait
        from remote_limit where \(mine(path)) and slot < \(capacity)
        """
    }

    private func adding(_ path: String, capacity: Int) -> PostgresQuery {
        """
        insert into remote_limit (partner, path, slot) select \(partner), \(path), s from generate_series(0, \(capacity - 1)::int) s
        on conflict (partner, path, slot) do nothing
        """
    }
}
