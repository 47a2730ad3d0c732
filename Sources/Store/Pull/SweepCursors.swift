package import FoundationEssentials
import JSON
package import PostgreSQL

/// The stored cursors of the sweeps. They are moved only in the transaction that stores what was read (design 9.2).
package enum SweepCursors {
    package static func read(_ name: String, on session: PostgresConnection) async throws -> SweepCursor? {
        try await read(name, partitions: [noPartition], on: session).first
    }

    /// Those that exist, in order of the partitions.
    package static func read(_ name: String, partitions: [Int], on session: PostgresConnection) async throws -> [SweepCursor] {
        let rows = try await session.query(
            """
            select name, partition, done_until, window_end, scroll_id, page_at from sweep_cursor
            where name = \(name) and partition = any(\(partitions)::int[]) order by partition
            """)
        return try rows.map(SweepCursor.init)
    }

    /// Moves the cursors, beyond whatever transaction the caller has open.
    package static func move(_ cursors: [SweepCursor], now: Date, on session: PostgresConnection) async throws {
        guard !cursors.isEmpty else { return }
        try await session.query(moving(cursors, now: now))
    }

    static func moving(_ cursors: [SweepCursor], now: Date) -> PostgresQuery {
        let rows = JSON.array(
            cursors.sorted { ($0.name, $0.partition ?? noPartition) < ($1.name, $1.partition ?? noPartition) }.map { cursor in
                [
                    "name": .string(cursor.name), "partition": .column(cursor.partition ?? noPartition),
                    "done_until": .column(cursor.doneUntil), "window_end": .column(cursor.window?.end),
                    "scroll_id": .column(cursor.window?.scrollID), "page_at": .column(cursor.window?.pageAt),
                ]
            })
        return """
            insert into sweep_cursor (name, partition, done_until, window_end, scroll_id, page_at, updated_at)
            select x.name, x.partition, x.done_until, x.window_end, x.scroll_id, x.page_at, \(now)
            from json_to_recordset(\(PostgresJSON(text: rows.text()))) as x (
              name text, partition smallint, done_until timestamptz, window_end timestamptz, scroll_id text, page_at timestamptz)
            on conflict (name, partition) do update
            set done_until = excluded.done_until, window_end = excluded.window_end, scroll_id = excluded.scroll_id,
                page_at = excluded.page_at, updated_at = excluded.updated_at
            """
    }

    /// How a sweep that is not kept per partition is stored.
    fileprivate static let noPartition = -1
}

extension SweepCursor {
    init(_ row: PostgresRow) throws {
        name = try row.decode("name")
        let partition: Int = try row.decode("partition")
        self.partition = partition == SweepCursors.noPartition ? nil : partition
        doneUntil = try row.decode("done_until")
        if let end = try row.decode("window_end", as: Date?.self), let pageAt = try row.decode("page_at", as: Date?.self) {
            window = Window(end: end, scrollID: try row.decode("scroll_id"), pageAt: pageAt)
        }
    }
}
