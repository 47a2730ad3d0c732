import Domain
import FoundationEssentials
import PostgreSQL
import Rehearsal
import Store

/// Claims in front of a short and of a long history.
struct ClaimsPart: Sendable {
    let settings: BenchSettings
    let venue: Venue

    private static let short = 10_000
    private static let due = 2000
    private static let rounds = 40

    func figures() async throws -> [Figure] {
        let many = settings.isFull ? 5_000_000 : 500_000
        return try await with("claims_short", finished: Self.short) { short in
            try await with("claims_long", finished: many) { long in
                let times = try await claims(short, long)
                return figures(times.short, times.long, of: many)
            }
        }
    }

    /// Lets `body` work on a database with orders that are due and so many that are finished.
    private func with<Result>(
        _ name: String, finished: Int, _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let configuration = try PostgresConfiguration(url: try await venue.database(name), applicationName: "bench")
        let session = try await PostgresConnection.connect(configuration, logger: .silent)
        let result: Result
        do {
            try await addDue(session)
            let step = 50_000
            for first in stride(from: 1, through: finished, by: step) {
                try await addFinished(first...min(first + step - 1, finished), session)
            }
            try await session.query("vacuum analyze")
            result = try await body(session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
        try await venue.drop(name)
        return result
    }

    /// - Parameter many: the finished orders of the long history.
    private func figures(_ short: [Stage: Double], _ long: [Stage: Double], of many: Int) -> [Figure] {
        let stages = Stage.allCases.filter { short[$0] != nil }
        let ratios = stages.map { ($0, (long[$0] ?? .infinity) / (short[$0] ?? 0)) }
        let worst = ratios.max { $0.1 < $1.1 }
        let lines = stages.map { stage in
            Figure(
                .claims, "\(stage.rawValue) takes 500 orders", long[stage] ?? .infinity, "ms",
                note: "\((short[stage] ?? .infinity).rounded(to: 1)) ms after \(Double(Self.short).readable)")
        }
        return lines + [
            Figure(
                .claims, "claims after \(Double(many).readable) finished orders", worst?.1 ?? .infinity, "x",
                goal: .atMost(1.5),
                note:
                    "times those after \(Double(Self.short).readable); the worst, \(worst?.0.rawValue ?? "none"); least of \(Self.rounds)"
            )
        ]
    }

    /// The least time of a claim in front of either history, in milliseconds. They take turns: the machine's speed changes.
    private func claims(
        _ short: PostgresConnection, _ long: PostgresConnection
    ) async throws -> (short: [Stage: Double], long: [Stage: Double]) {
        var times = (short: [Stage: Double](), long: [Stage: Double]())
        for _ in 0..<Self.rounds {
            for stage in Stage.allCases where stage.source != nil {
                times.short[stage] = min(times.short[stage] ?? .infinity, try await claim(stage, short))
                times.long[stage] = min(times.long[stage] ?? .infinity, try await claim(stage, long))
            }
        }
        return times
    }

    private func claim(_ stage: Stage, _ session: PostgresConnection) async throws -> Double {
        let ledger = RunLedger(session: session, stage: stage, runID: UUID(), partitions: Array(0...63))
        let start = ContinuousClock.now
        let claim = try await ledger.claim(limit: 500, now: Date())
        let time = (ContinuousClock.now - start) / .milliseconds(1)
        guard claim.count == 500 else { throw RehearsalError("\(stage.rawValue) took \(claim.count) orders, not 500") }
        return time
    }

    // MARK: Rows

    private func addDue(_ session: PostgresConnection) async throws {
        for status in 1...4 {
            try await add(
                session, prefix: "due\(status)", 1...Self.due, status: status,
                next: "now() - interval '1 minute' * (i % 60)")
        }
    }

    private func addFinished(_ numbers: ClosedRange<Int>, _ session: PostgresConnection) async throws {
        try await add(session, prefix: "done", numbers, status: 5, next: "'infinity'")
        try await session.query(
            """
            insert into submission (stage, order_key, key, state, effect, run_id, created_at, sent_at, deadline_at, settled_at)
            select 'invoice', 'done' || i, 'order', 'confirmed', '{}', gen_random_uuid(), now(), now(), now(), now()
            from generate_series(\(numbers.lowerBound)::int, \(numbers.upperBound)::int) i
            """)
    }

    private func add(
        _ session: PostgresConnection, prefix: String, _ numbers: ClosedRange<Int>, status: Int, next: String
    ) async throws {
        try await session.query(
            """
            insert into dsco_order_sync (order_key, dsco_order_id, po_number, retailer_id, partition, status, status_since, payload,
              payload_at, dsco_create_time, acknowledge_by, ship_by, invoice_by, outgoing_number, outgoing_id_type, store_id,
              next_attempt, created_at, updated_at)
            select \(prefix) || i, \(prefix) || i, 'PO-' || \(prefix) || i, '1000011436', i % 64, \(status)::int, now(),
              json_build_object('text', repeat(md5(i::text), 10)), now(), now() - interval '1 day', d, d, d,
              \(prefix) || i, 'PO_NUMBER', '110658143132021760', \(unescaped: next), now(), now()
            from generate_series(\(numbers.lowerBound)::int, \(numbers.upperBound)::int) i,
              lateral (select now() + interval '1 second' * (i::bigint * 7919 % 100000) as d) as deadline
            """)
    }
}
