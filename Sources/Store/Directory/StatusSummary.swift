package import Domain
package import FoundationEssentials
package import JSON
import Pipeline
import PostgreSQL

/// How the belt stands (design 3, `conveyor status`).
package struct StatusSummary: Sendable, Hashable {
    package struct StageLine: Sendable, Hashable {
        /// Orders that the next run would take.
        package var due = 0
        /// Orders that have to wait for a partner, a pause or a change.
        package var waiting = 0
        package var held = 0
        /// Effects of which nobody knows yet whether they happened.
        package var inDoubt = 0
        /// Since when the order stands here that came first, those held left out.
        package var oldest: Date?
        package var lastRun: StageRun?
    }

    package var orders: [OrderStatus: Int]
    package var held: Int
    package var quarantined: Int
    /// The newest of those.
    package var unreadable: [UnreadablePayload]
    package var stages: [Stage: StageLine]
    /// Replays by filter that are not done yet, oldest first.
    package var replays: [Replay]

    /// - Parameter queues: what the broker says of each stage's queue.
    package func json(queues: [Stage: JSON] = [:]) -> JSON {
        [
            "orders": .object(JSONObject(OrderStatus.allCases.map { (String($0.rawValue), .column(orders[$0] ?? 0)) })),
            "held": .column(held), "quarantined": .column(quarantined),
            "stages": .object(
                JSONObject(Stage.allCases.map { ($0.rawValue, (stages[$0] ?? StageLine()).json(queue: queues[$0] ?? .null)) })),
            "replays": .array(replays.map(\.json)), "unreadable": .array(unreadable.map(\.json)),
        ]
    }
}

extension StatusSummary.StageLine {
    fileprivate func json(queue: JSON) -> JSON {
        [
            "due": .column(due), "waiting": .column(waiting), "held": .column(held), "in_doubt": .column(inDoubt),
            "oldest": .orNull(oldest), "last_run": lastRun.map(\.json) ?? .null, "queue": queue,
        ]
    }
}

extension Replay {
    /// The replay as `conveyor status --json` shows it.
    package var json: JSON {
        [
            "id": .string(id), "stage": .string(stage.rawValue), "state": .string(state.rawValue), "total": .column(total),
            "done": .column(done), "requested_by": .string(requestedBy), "created_at": .orNull(created),
        ]
    }
}

extension StageRun {
    /// The run as `conveyor status --json` shows it.
    package var json: JSON {
        [
            "id": .string(id.uuidString.lowercased()), "tick": .string(tickID), "trigger": .string(trigger),
            "shard": ["index": .column(shardIndex), "of": .column(shardOf)], "state": .string(state.rawValue),
            "started_at": .orNull(started), "ended_at": .orNull(ended),
            "counts": .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .column($0.value)) })),
            "error": errorCode.map { ["code": .string($0), "text": .orNull(errorText)] } ?? .null,
        ]
    }
}

extension OrderDirectory {
    /// Counts from indexes alone; what is finished is counted, never read.
    package func summary(now: Date) async throws -> StatusSummary {
        let results = try await pool.withConnection { try await $0.batch(Self.summaryQueries(now: now)) }
        var summary = StatusSummary(
            orders: [:], held: try results[2][0].decode("held"), quarantined: try results[3][0].decode("open"),
            unreadable: try results[8].map(UnreadablePayload.init), stages: [:], replays: try results[7].map(Replay.init))
        let stageOf = Dictionary(Stage.allCases.compactMap { stage in stage.source.map { ($0, stage) } }) { first, _ in first }
        for row in results[0] {
            let status: OrderStatus = try StoreDecoding.raw(row, "status")
            summary.orders[status] = try row.decode("orders")
            guard let stage = stageOf[status] else { continue }
            summary.stages[stage, default: .init()].due = try row.decode("due")
            summary.stages[stage, default: .init()].waiting = try row.decode("waiting")
            summary.stages[stage, default: .init()].held = try row.decode("held")
        }
        for row in results[1] { summary.orders[try StoreDecoding.raw(row, "status")] = try row.decode("orders") }
        for row in results[4] {
            guard let stage = stageOf[try StoreDecoding.raw(row, "status")] else { continue }
            summary.stages[stage, default: .init()].oldest = try row.decode("oldest")
        }
        for row in results[5] {
            summary.stages[try StoreDecoding.raw(row, "stage"), default: .init()].inDoubt = try row.decode("in_doubt")
        }
        for row in results[6] {
            let run = try StageRun(row)
            summary.stages[run.stage, default: .init()].lastRun = run
        }
        return summary
    }

    static func summaryQueries(now: Date) -> [PostgresQuery] {
        [
            """
            select status, count(*) as orders, count(*) filter (where hold_reason is not null) as held,
                   count(*) filter (where hold_reason is null and next_attempt <= \(now)) as due,
                   count(*) filter (where hold_reason is null and next_attempt > \(now)) as waiting
            from dsco_order_sync where status between 1 and 4 group by status
            """,
            "select status, count(*) as orders from dsco_order_sync where status in (5, 6) group by status",
            "select count(*) as held from dsco_order_sync where hold_reason is not null",
            "select count(*) as open from quarantined_payload where resolved_at is null",
            """
            select s.status, (select min(status_since) from dsco_order_sync o
                              where o.status = s.status and o.status between 1 and 4 and o.hold_reason is null) as oldest
            from unnest(array[1, 2, 3, 4]) as s (status)
            """,
            """
            select stage, count(*) as in_doubt from submission
            where is_open and (state = 'unknown' or state = 'intended' and deadline_at <= \(now))
            group by stage
            """,
            """
            select r.* from unnest(\(Stage.allCases.map(\.rawValue))) as s (stage) cross join lateral (
              select \(unescaped: StageRun.columns) from stage_run where stage = s.stage order by started_at desc limit 1) as r
            """,
            ReplayStore.openQuery,
            UnreadablePayload.newest(10),
        ]
    }
}
