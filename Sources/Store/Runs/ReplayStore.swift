package import Domain
package import FoundationEssentials
import JSON
package import Pipeline
package import PostgreSQL

/// Replays by filter. Each is a row whose messages the leading scheduler publishes again until it is done: a lost queue loses nothing.
package struct ReplayStore: Sendable {
    /// How long a published message is given before it counts as lost.
    package static let patience: TimeInterval = 300
    /// The same where nothing waits in the queues, and how long ago a run of it must be: longer than the delay queue keeps a message.
    package static let patienceWithoutQueue: TimeInterval = 45

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
            let minutes: Int? = if case .window(let window) = filter { window.minutes } else { nil }
            let rows = try await session.query(
                """
                update replay set total = coalesce(\(minutes)::int, (select count(*) from replay_order where replay_id = \(id)))
                where id = \(id)
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

    /// The open replays whose messages the leading scheduler is to publish: those never published, or not for so long that they count as
    /// lost. A replay that a run works on, or worked on lately, is not among them. First counts how far all of them are.
    ///
    /// - Parameter idle: the stages in whose queues nothing waits.
    package func toPublish(idle: Set<Stage> = [], now: Date) async throws -> [Replay] {
        try await refresh(now: now)
        return try await pool.query(
            """
            select \(unescaped: Replay.columns) from replay
            where state = 'open'
              and (published_at is null or published_at <= \(now.addingTimeInterval(-Self.patience))
                   or published_at <= \(now.addingTimeInterval(-Self.patienceWithoutQueue)) and stage = any(\(idle.map(\.rawValue).sorted())))
              and not exists (
                select 1 from stage_run r
                where (r.state = 'running' or r.started_at > \(now.addingTimeInterval(-Self.patienceWithoutQueue)) and r.state <> 'lost')
                  and r.tick_id = any(array(select replay.id union select tick_id from replay_order o where o.replay_id = replay.id)))
            order by created_at
            """
        ).map(Replay.init)
    }

    /// The messages for what is left of a replay, at most 1,000 orders each, always under the same ids.
    package func messages(of replay: Replay, now: Date) async throws -> [Tick] {
        var tick = Tick(id: replay.id, stage: replay.stage, trigger: .replay, requestedBy: replay.requestedBy, issuedAt: now)
        if case .window(var window) = replay.filter {
            if let done = replay.doneUntil { window.since = max(window.since, done.addingTimeInterval(-Tick.Window.seam)) }
            guard window.since < window.until else { return [] }
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

    /// Notes that the messages were just published.
    package func published(_ id: String, now: Date) async throws {
        try await pool.query("update replay set published_at = \(now) where id = \(id)")
    }

    package func cancel(_ id: String, now: Date) async throws {
        try await pool.query("update replay set state = 'cancelled', ended_at = \(now) where id = \(id) and state = 'open'")
    }

    /// Whether the tick belongs to a replay that is over: done, failed or cancelled. Then there is nothing to do for it.
    package func isOver(_ tickID: String) async throws -> Bool {
        // The messages of one replay are numbered.
        let stem = tickID.lastIndex(of: "-").map { String(tickID[..<$0]) } ?? tickID
        return try await !pool.query(
            "select id from replay where state <> 'open' and (id = \(tickID) or id = \(stem) and filter ->> 'until' is null)"
        ).isEmpty
    }

    /// Those that are not done yet, oldest first.
    package func open() async throws -> [Replay] { try await pool.query(Self.openQuery).map(Replay.init) }

    static let openQuery: PostgresQuery =
        "select \(unescaped: Replay.columns) from replay where state = 'open' order by created_at"

    /// Notes that a run has read the window of its tick up to here, on the session that stored what it read. Of a tick without a row it
    /// notes nothing.
    package static func moved(_ tickID: String, to: Date, on session: PostgresConnection) async throws {
        try await session.query(
            """
            update replay set done_until = greatest(done_until, \(to)),
              done = least(total, extract(epoch from greatest(done_until, \(to)) - (filter ->> 'since')::timestamptz)::int / 60)
            where id = \(tickID) and state = 'open'
            """)
    }

    /// Counts how far the open replays are, and ends those of which no order is left open.
    package func refresh(now: Date) async throws {
        for replay in try await open() { try await refresh(replay, now: now) }
    }

    private func refresh(_ replay: Replay, now: Date) async throws {
        guard replay.stage.source != nil else {
            try await pool.query(
                """
                update replay set state = 'done', done = total, ended_at = \(now)
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

extension Tick.Window {
    /// DSCO's lower bound leaves out what happened at that very moment: where one part of a window follows another, they overlap by this
    /// much (DSCO contract 3.1).
    package static let seam: TimeInterval = 1

    fileprivate var minutes: Int { max(1, Int(until.timeIntervalSince(since) / 60)) }
}
