package import Domain
package import FoundationEssentials
import Pipeline
import PostgreSQL

extension OrderActions {
    /// What a tick that names orders is about to do (design 4): releases their holds, forgets their backoff, makes them due and first, each
    /// under its row's lock, so that whoever holds the partition does the work. An order that is not at the stage gets an event only.
    ///
    /// One tick does so once an order: when it is published again for what it could not get, what was done meanwhile stays done.
    ///
    /// - Parameters:
    ///   - names: poNumbers or DSCO order ids; a poNumber that several orders share means all of them.
    ///   - tickID: the tick that names them.
    /// - Returns: the partitions of the orders that are at the stage.
    package func makeDue(_ names: [String], stage: Stage, by: String, tickID: String? = nil, now: Date) async throws -> [Int] {
        guard let source = stage.source, !names.isEmpty else { return [] }
        return try await pool.withTransaction { session in
            let keys = try await Self.keys(of: names, on: session)
            guard !keys.isEmpty else { return [] }
            let (rows, unreadable) = try await LockedOrder.lock(keys, on: session)
            let fresh = try await Self.firstTime(keys, tickID: tickID, now: now, on: session)

            var changed: [LockedOrder] = []
            var events = unreadable.map { NewEvent($0.order, .unreadable, $0.words, stage: stage, by: by) }
            for var row in rows where fresh.contains(row.key) {
                guard row.state.status == source else {
                    let words = "\(stage.rawValue) asked for, but the order is at status \(row.state.status.rawValue)"
                    events.append(NewEvent(row.key, .notAtStage, words, stage: stage, by: by))
                    continue
                }
                if let hold = row.state.hold {
                    events.append(NewEvent(row.key, .released, hold.reason.rawValue, stage: stage, by: by))
                }
                if !row.release(now: now) { row.state.version += 1 }
                events += row.surfaced
                // A hold that stood beneath the released one is not what was asked about.
                if row.state.hold == nil {
                    row.state.resetBackoff()
                    row.state.nextAttempt = now
                    row.isFirst = true
                    events.append(NewEvent(row.key, .replayed, stage.rawValue, stage: stage, by: by))
                }
                changed.append(row)
            }
            if !changed.isEmpty { try await session.query(try LockedOrder.update(changed, now: now)) }
            if !events.isEmpty { try await session.query(EventLog.insert(events, now: now)) }
            return Set(rows.filter { $0.state.status == source }.map(\.partition)).sorted()
        }
    }

    static func keys(of names: [String], on session: PostgresConnection) async throws -> [OrderKey] {
        let asked = Set(names.map(\.withoutNUL)).sorted()
        let rows = try await session.query(
            """
            select order_key from dsco_order_sync where po_number = any(\(asked))
            union select order_key from dsco_order_sync where order_key = any(\(asked))
            """)
        return try rows.map { OrderKey(rawValue: try $0.decode("order_key")) }
    }

    /// Those of the orders that the tick has not made due before; noted from now on.
    private static func firstTime(
        _ keys: [OrderKey], tickID: String?, now: Date, on session: PostgresConnection
    ) async throws -> Set<OrderKey> {
        guard let tickID else { return Set(keys) }
        let rows = try await session.query(
            """
            insert into replay_order (tick_id, order_key, made_due_at)
            select \(tickID), k, \(now) from unnest(\(keys.map(\.rawValue))) as k order by k
            on conflict (tick_id, order_key) do update set made_due_at = excluded.made_due_at where replay_order.made_due_at is null
            returning order_key
            """)
        return Set(try rows.map { OrderKey(rawValue: try $0.decode("order_key")) })
    }
}
