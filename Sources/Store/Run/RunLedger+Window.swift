import Algorithms
import Domain
package import FoundationEssentials
import PostgreSQL

/// An order number that LingXing shows as changed.
package struct ChangedOrder: Sendable, Hashable {
    package var storeID: String
    package var number: String
    package var updated: Date

    package init(storeID: String, number: String, updated: Date) {
        self.storeID = storeID
        self.number = number
        self.updated = updated
    }
}

extension RunLedger {
    /// Up to when the stage has seen LingXing's changes, or had no order that waited for one, in all partitions of this run. Partitions
    /// without a cursor begin now: an order is looked up by number when it enters the stage, so nothing before that matters.
    ///
    /// - Returns: `nil` when a cursor was only just begun everywhere.
    package func windowStart(_ sweep: String, now: Date, overlap: TimeInterval) async throws -> Date? {
        let rows = try await session.query(
            """
            with begun as (
              insert into sweep_cursor (name, partition, done_until, updated_at)
              select \(sweep), p, \(now.addingTimeInterval(-overlap)), \(now) from unnest(\(partitions)::int[]) p
              on conflict (name, partition) do nothing
              returning done_until
            )
            select min(done_until) as since from (
              select done_until from sweep_cursor where name = \(sweep) and partition = any(\(partitions)::int[])
              union all select done_until from begun) all_cursors
            """)
        return try rows.first?.decode("since", as: Date?.self)
    }

    /// Whether any order of this run's partitions waits for a change in LingXing. One that begins to wait later
    /// has been looked up, or comes due by itself.
    package func awaitsChanges(now: Date) async throws -> Bool {
        try await !session.query(awaitingQuery(now: now)).isEmpty
    }

    /// In the order of the index: with statistics from before a backlog moved on, the planner would go through the whole table.
    func awaitingQuery(now: Date) -> PostgresQuery {
        "select o.order_key from dsco_order_sync o where \(isAwaitingChanges(now)) order by o.next_attempt limit 1"
    }

    private static let holdsThatLingXingCures = HoldReason.allCases.filter { $0.cures.contains(.lingXing) }.map(\.rawValue)

    private func isAwaitingChanges(_ now: Date) -> PostgresQuery {
        """
        o.status = \(stage.source?.rawValue ?? 0) and o.next_attempt > \(now) and o.partition = any(\(partitions)::int[])
        and (o.hold_reason is null or o.hold_reason = any(\(Self.holdsThatLingXingCures)))
        and o.wait_reason is distinct from 'confirming' and o.wait_reason is distinct from 'backing_off'
        """
    }

    /// Makes the waiting orders due whose rows changed after they were last looked up; then moves the cursors. Each part is a statement of
    /// its own, since within a transaction the parts would lock orders out of the order of their keys.
    package func storeCandidates(_ changed: [ChangedOrder], sweeps: [String], until: Date, overlap: TimeInterval) async throws {
        let parts = changed.sorted { ($0.storeID, $0.number) < ($1.storeID, $1.number) }.chunks(ofCount: 1000)
        for part in parts { try await session.query(candidates(Array(part), until: until, overlap: overlap)) }
        try await session.query(
            """
            update sweep_cursor set done_until = greatest(done_until, \(until)), updated_at = \(until)
            where name = any(\(sweeps)) and partition = any(\(partitions)::int[])
            """)
    }

    func candidates(_ changed: [ChangedOrder], until: Date, overlap: TimeInterval) -> PostgresQuery {
        """
        update dsco_order_sync o set next_attempt = \(until)
        from (
          select o.order_key
          from dsco_order_sync o
          join unnest(\(changed.map(\.storeID.withoutNUL)), \(changed.map(\.number.withoutNUL)), \(changed.map(\.updated)))
            as x (store, number, updated) on o.store_id = x.store and o.outgoing_number = x.number
          where \(isAwaitingChanges(until))
            and (o.looked_up_at is null or o.looked_up_at < x.updated + \(overlap) * interval '1 second')
          order by o.order_key for update of o) as due
        where o.order_key = due.order_key
        """
    }

    /// Whether pull's sweep over changes is at most `patience` seconds behind, so that the stored payloads can be shipped on.
    package func payloadsAreFresh(within patience: TimeInterval, now: Date) async throws -> Bool {
        let rows = try await session.query(
            "select done_until >= \(now.addingTimeInterval(-patience)) as fresh from sweep_cursor where name = \(SweepCursor.dscoUpdated)"
        )
        return try rows.first?.decode("fresh", as: Bool.self) ?? false
    }
}
