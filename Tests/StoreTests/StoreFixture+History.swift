import PostgreSQL

extension StoreFixture {
    /// A history of finished orders with a few live ones, as after years.
    func fill(orders: Int) async throws {
        try await pool.query(
            """
            insert into dsco_order_sync (order_key, dsco_order_id, po_number, partition, status, status_since, payload, payload_at, hold_reason,
                                         hold_since, next_attempt, created_at, updated_at)
            select n::text, n::text, 'PO-' || n, n % 64, case when n % 100 = 0 then 1 + n / 100 % 4 else 5 end,
                   \(now) + n * interval '1 second', '{}', \(now),
                   case when n % 500 = 0 then 'in_doubt' end, case when n % 500 = 0 then \(now) end,
                   case when n % 100 = 0 then \(now) else 'infinity' end, \(now), \(now) + n * interval '1 second'
            from generate_series(1, \(orders)::int) n
            """)
        try await pool.query(
            """
            insert into submission (stage, order_key, key, state, effect, run_id, created_at, deadline_at)
            select 'push', n::text, 'create', case when n % 1000 = 0 then 'unknown' else 'confirmed' end, '{}', gen_random_uuid(), \(now), \(now)
            from generate_series(1, \(orders)::int) n
            """)
        try await pool.query(
            """
            insert into stage_run (id, stage, tick_id, trigger, shard_index, shard_of, worker, started_at, state)
            select gen_random_uuid(), (array['pull','push','ack','ship','invoice','stock'])[1 + n % 6], n::text, 'schedule', 0, 1, 'w',
                   \(now) + n * interval '1 second', 'done' from generate_series(1, \(orders)::int) n
            """)
        try await pool.query(
            """
            insert into order_event (order_key, at, kind, text)
            select n::text, \(now), 'pulled', '' from generate_series(1, \(orders)::int) n
            """)
        for table in ["dsco_order_sync", "submission", "stage_run", "order_event"] {
            try await pool.query("vacuum analyze \(unescaped: table)")
        }
    }
}
