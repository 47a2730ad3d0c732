package import Domain
package import FoundationEssentials
import JSON
package import PostgreSQL

/// One execution of a stage, as its row stands.
package struct StageRun: Sendable, Hashable, Identifiable {
    package var id: UUID
    package var stage: Stage
    package var tickID: String
    package var trigger: String
    package var shardIndex: Int
    package var shardOf: Int
    package var worker: String
    package var started: Date
    package var ended: Date?
    package var state: StageRunState
    /// How many orders had which outcome.
    package var counts: [String: Int]
    package var errorCode: String?
    package var errorText: String?

    static let columns =
        "id, stage, tick_id, trigger, shard_index, shard_of, worker, started_at, ended_at, state, counts, error_code, error_text"

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        stage = try StoreDecoding.raw(row, "stage")
        tickID = try row.decode("tick_id")
        trigger = try row.decode("trigger")
        shardIndex = try row.decode("shard_index")
        shardOf = try row.decode("shard_of")
        worker = try row.decode("worker")
        started = try row.decode("started_at")
        ended = try row.decode("ended_at")
        state = try StoreDecoding.raw(row, "state")
        counts = try LedgerCoding.value(try row.decode("counts", as: PostgresJSON.self).text, what: "a run's counts")
        errorCode = try row.decode("error_code")
        errorText = try row.decode("error_text")
    }
}

/// Reads the runs, for `--wait` and for people.
package struct RunDirectory: Sendable {
    /// Where a tick stands (design 3, `--wait`).
    package enum Verdict: Sendable, Hashable {
        /// A run of it has yet to come or to end, or an effect of it is open.
        case pending
        case done
        /// Its last run failed.
        case failed
    }

    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    /// Whether every run of these ticks and of what they published again has ended, with none of their ledger rows open and none of their
    /// orders left untouched.
    package func verdict(of tickIDs: [String], now: Date) async throws -> Verdict {
        let asked = Set(tickIDs).sorted()
        let last = try await pool.query(
            """
            select distinct on (tick_id) tick_id, state from stage_run where tick_id = any(\(asked)) order by tick_id, started_at desc, id
            """)
        let states: [StageRunState] = try last.map { try StoreDecoding.raw($0, "state") }
        if states.contains(.failed) { return .failed }
        guard states.count == asked.count, states.allSatisfy({ $0 == .done || $0 == .dropped }) else { return .pending }
        let open: Bool = try await pool.query(
            """
            select exists (select 1 from submission where is_open
                           and run_id in (select id from stage_run where tick_id = any(\(asked))))
                or exists (select 1 from replay_order r join dsco_order_sync o on o.order_key = r.order_key
                           where r.tick_id = any(\(asked)) and o.priority > 0 and o.next_attempt <= \(now)) as open
            """)[0].decode("open")
        return open ? .pending : .done
    }

    /// The newest runs, of one stage or of all.
    package func recent(_ stage: Stage? = nil, limit: Int) async throws -> [StageRun] {
        let condition: PostgresQuery = stage.map { "where stage = \($0.rawValue)" } ?? ""
        return try await pool.query(
            "select \(unescaped: StageRun.columns) from stage_run \(condition) order by started_at desc limit \(limit)"
        ).map(StageRun.init)
    }
}
