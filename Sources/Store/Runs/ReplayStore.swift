package import Domain
package import FoundationEssentials
import JSON
package import Pipeline
package import PostgreSQL

/// Replays by filter. Each is a row whose messages the leading scheduler publishes again until it is done: a lost queue loses nothing.
package struct ReplayStore: Sendable {
    /// How long a published message is given before it counts as lost.
    package static let patience: TimeInterval = 300
    /// A run that began so long ago and has not ended died with its worker.
    static let longestRun: TimeInterval = 900

    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    /// Notes the replay and fixes the orders it is for: they are chosen once, so that one held again is not replayed without end.
    package func create(
        _ id: String, stage: Stage, filter: ReplayFilter, requestedBy: String, reason: String?, now: Date
    ) async throws -> Replay {
        try await pool.withTransaction { session in
            try await session.query(
                """
                insert into replay (id, stage, filter, requested_by, reason, state, created_at)
                values (\(id), \(stage.rawValue), \(PostgresJSON(text: filter.json.text())), \(requestedBy), \(reason as String?), 'open', \(now))
                """)
            if let source = stage.source, let condition = Self.condition(filter) {
                try await session.query(
                    """
                    insert into replay_order (tick_id, order_key, replay_id)
                    select \(id) || '-' || (row_number() over (order by order_key) - 1) / \(Tick.maximumOrders), order_key, \(id)
                    from dsco_order_sync where status = \(source.rawValue) and \(condition)
                    """)
            }
            let rows = try await session.query(
                """
                update replay set total = (select count(*) from replay_order where replay_id = \(id)) where id = \(id)
                returning \(unescaped: Replay.columns)
                """)
            return try Replay(rows[0])
        }
    }

    package func find(_ id: String) async throws -> Replay? {
        try await pool.query("select \(unescaped: Replay.columns) from replay where id = \(id)").first.map(Replay.init)
    }

    /// Newest first.
    package func recent(limit: Int) async throws -> [Replay] {
        try await pool.query("select \(unescaped: Replay.columns) from replay order by created_at desc limit \(limit)").map(
            Replay.init)
    }

    /// What the leading scheduler publishes: the messages of open replays that were never published, or not for a while. Counts how far
    /// all of them are first, and notes these as published.
    package func messagesToRepublish(now: Date) async throws -> [Tick] {
        try await refresh(now: now)
        let replays = try await pool.query(
            """
            update replay set published_at = \(now)
            where state = 'open' and (published_at is null or published_at <= \(now.addingTimeInterval(-Self.patience)))
              and not exists (select 1 from stage_run where tick_id = replay.id and state = 'running'
                              and started_at > \(now.addingTimeInterval(-Self.longestRun)))
            returning \(unescaped: Replay.columns)
            """
        ).map(Replay.init)
        var ticks: [Tick] = []
        for replay in replays { ticks += try await messages(of: replay, now: now) }
        return ticks
    }

    /// The messages for what is left of a replay, at most 1,000 orders each, always under the same ids.
    package func messages(of replay: Replay, now: Date) async throws -> [Tick] {
        var tick = Tick(id: replay.id, stage: replay.stage, trigger: .replay, requestedBy: replay.requestedBy, issuedAt: now)
        if case .window(let window) = replay.filter {
            tick.window = window
            return [tick]
        }
        let rows = try await pool.query(
            """
            select r.tick_id, coalesce(o.dsco_order_id, o.po_number) as name
            from replay_order r join dsco_order_sync o on o.order_key = r.order_key
            where r.replay_id = \(replay.id) and \(Self.leftOpen(replay.stage, now: now)) order by r.tick_id, r.order_key
            """)
        var ticks: [Tick] = []
        for row in rows {
            tick.id = try row.decode("tick_id")
            if ticks.last?.id != tick.id { ticks.append(tick) }
            ticks[ticks.count - 1].orders.append(try row.decode("name"))
        }
        return ticks
    }

    /// The ids of all messages of a replay, for `--wait`.
    package func tickIDs(of replay: Replay) async throws -> [String] {
        if case .window = replay.filter { return [replay.id] }
        return try await pool.query("select distinct tick_id from replay_order where replay_id = \(replay.id) order by tick_id")
            .map {
                try $0.decode("tick_id")
            }
    }

    /// Notes that the messages were just published by somebody else than the scheduler.
    package func published(_ id: String, now: Date) async throws {
        try await pool.query("update replay set published_at = \(now) where id = \(id)")
    }

    package func cancel(_ id: String, now: Date) async throws {
        try await pool.query("update replay set state = 'cancelled', ended_at = \(now) where id = \(id) and state = 'open'")
    }

    /// Counts how far the open replays are, and ends those of which no order is left open.
    package func refresh(now: Date) async throws {
        let open = try await pool.query(
            "select \(unescaped: Replay.columns) from replay where state = 'open' order by created_at"
        ).map(Replay.init)
        for replay in open { try await refresh(replay, now: now) }
    }

    private func refresh(_ replay: Replay, now: Date) async throws {
        guard replay.stage.source != nil else {
            try await pool.query(
                """
                update replay set state = 'done', ended_at = \(now)
                where id = \(replay.id) and state = 'open'
                  and exists (select 1 from stage_run where tick_id = \(replay.id) and state = 'done')
                """)
            return
        }
        try await pool.query(
            """
            update replay set done = total - x.left_open, state = case when x.left_open = 0 then 'done' else state end,
                              ended_at = case when x.left_open = 0 then \(now) end
            from (select count(*)::int as left_open from replay_order r join dsco_order_sync o on o.order_key = r.order_key
                  where r.replay_id = \(replay.id) and \(Self.leftOpen(replay.stage, now: now))) as x
            where id = \(replay.id) and state = 'open'
            """)
    }

    /// An order that no run has taken up: still to be made due, or due and first. Whatever a run settles is first no longer.
    private static func leftOpen(_ stage: Stage, now: Date) -> PostgresQuery {
        """
        o.status = \(stage.source?.rawValue ?? 0) and (r.made_due_at is null or o.priority > 0 and o.next_attempt <= \(now))
        """
    }

    private static func condition(_ filter: ReplayFilter) -> PostgresQuery? {
        switch filter {
        case .held(let reason): "hold_reason = \(reason.rawValue)"
        case .since(let since): "updated_at >= \(since)"
        case .window: nil
        }
    }
}
