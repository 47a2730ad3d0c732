package import FoundationEssentials
package import PostgreSQL

/// How many calls of one path of a partner may be under way at once in the whole fleet, and how far apart they start (design 8). A slot whose
/// holder died, or whose call was aborted, frees itself when its time is up.
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
        case granted(Slot)
        /// Nothing is free before then.
        case busy(until: Date)
    }

    private let pool: PostgresPool
    private let partner: String

    package init(_ pool: PostgresPool, partner: String) {
        self.pool = pool
        self.partner = partner
    }

    /// Takes a free slot of the path, if the gap since the last start has passed.
    ///
    /// - Parameters:
    ///   - hold: how long the slot is kept at most when nobody gives it back.
    ///   - ticket: new for every claim.
    package func claim(
        _ path: String, capacity: Int, gap: TimeInterval, hold: TimeInterval, ticket: Int64, now: Date
    ) async throws -> Claim {
        let mine: PostgresQuery = "partner = \(partner) and path = \(path)"
        let results = try await pool.withConnection { session in
            try await session.batch([
                """
                insert into remote_limit (partner, path, slot) select \(partner), \(path), s from generate_series(0, \(capacity - 1)::int) s
                on conflict (partner, path, slot) do nothing
                """,
                // One claim of a path at a time: the gap counts from the last start, whoever's it was.
                "select slot from remote_limit where \(mine) and slot = 0 for update",
                """
                update remote_limit set busy_until = \(now.addingTimeInterval(hold)), holder = \(String(ticket)), started_at = \(now)
                where \(mine) and slot = (
                  select slot from remote_limit
                  where \(mine) and slot < \(capacity) and busy_until <= \(now)
                    and not exists (select 1 from remote_limit where \(mine) and started_at > \(now.addingTimeInterval(-gap)))
                  order by slot limit 1 for update skip locked)
                returning slot
                """,
                """
                select greatest(max(started_at) + \(gap) * interval '1 second', min(busy_until) filter (where slot < \(capacity))) as free_at
                from remote_limit where \(mine)
                """,
            ])
        }
        if let row = results[2].first {
            return .granted(Slot(path: path, index: try row.decode("slot"), ticket: ticket))
        }
        return .busy(until: try results[3].first?.decode("free_at", as: Date?.self) ?? now)
    }

    /// The call is over and the partner holds nothing. A slot that somebody else has by now is left alone.
    package func release(_ slot: Slot, now: Date) async throws {
        try await end(slot, busyUntil: now)
    }

    /// The call was aborted and may still run at the partner: the slot stays taken until then.
    package func leave(_ slot: Slot, until: Date) async throws {
        try await end(slot, busyUntil: until)
    }

    private func end(_ slot: Slot, busyUntil: Date) async throws {
        try await pool.query(
            """
            update remote_limit set busy_until = \(busyUntil)
            where partner = \(partner) and path = \(slot.path) and slot = \(slot.index) and holder = \(String(slot.ticket))
            """)
    }
}
