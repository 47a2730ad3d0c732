import Domain
import FoundationEssentials
import JSON
import PostgreSQL
import Rehearsal
import Sandbox
import Store

/// Collects what both sides know.
struct EvidenceRoom: Sendable {
    let sandbox: Sandbox
    let pool: PostgresPool
    let broker: Broker
    let fleet: Fleet
    let diary: Diary

    func collect() async throws -> Evidence {
        var evidence = Evidence()
        let notes = diary.all
        // The partners first: what they do meanwhile, our rows know already.
        let effects = try JSON.parse(await sandbox.effectReport().bytes)
        let reports = try await sandbox.orderReports().map { try JSON.parse($0.bytes) }
        let rows = try await OrderDirectory(pool).list(.init(limit: 1_000_000))
        let rowByID = Dictionary(rows.map { ($0.dscoOrderID ?? $0.key.rawValue, $0) }) { first, _ in first }
        let steps = try await Timelines(pool).steps()
        let refusals = sandbox.effects.counts.refusedByFault
        evidence.orders = reports.map { report in
            let row = rowByID[report["dsco_order_id"]?.string ?? ""]
            return Evidence.Order(
                report, row: row, steps: row.flatMap { steps[$0.key.rawValue] } ?? [], refusals: refusals)
        }
        evidence.strangers = Set(rowByID.keys).subtracting(evidence.orders.map(\.dscoOrderID)).sorted()
        evidence.openRows = try await openRows()
        evidence.openReplays = try await pool.query(
            "select id, stage, state, done, total from replay where state <> 'done' order by created_at"
        ).map { row in
            "replay \(try row.decode("id", as: String.self)) of \(try row.decode("stage", as: String.self)) is \(try row.decode("state", as: String.self)), \(try row.decode("done", as: Int.self)) of \(try row.decode("total", as: Int.self)) orders done"
        }
        evidence.quarantined = try await pool.query(
            "select count(*)::int as open from quarantined_payload where resolved_at is null")[0].decode("open")
        evidence.duplicates = Self.details(effects, "duplicates")
        evidence.duplicateAttempts = Self.details(effects, "duplicate_attempts")
        evidence.violations = Self.details(effects, "violations")
        evidence.stockDifferences = (effects["stock"]?["differences"]?.array ?? []).map { difference in
            "stock of \(difference["sku"]?.string ?? "") in \(difference["warehouse"]?.string ?? ""): DSCO shows \(difference["dsco"]?.text ?? "nothing"), should be \(difference["expected"]?.text ?? "")"
        }
        try await collectDeadLetters(&evidence, notes)
        evidence.uncalledEnds = fleet.ends.filter(\.isUncalledFor).map { "\($0.name) ended by itself: \($0.exit)" }
        evidence.packagesWereAllowed = notes.counts[.packagesChanged, default: 0] > 0
        return evidence
    }

    /// What must not grow once everything has settled.
    func effectCounts() async -> [String: Int] {
        _ = await sandbox.effectReport()
        let counts = sandbox.effects.counts
        return [
            "created": counts.created, "cancelled": counts.cancelledInLingXing, "acknowledged": counts.acknowledged,
            "shipped": counts.shipped, "invoiced": counts.invoiced, "stock figures": counts.inventoryUpdates,
        ]
    }

    private func openRows() async throws -> [String] {
        try await pool.query(
            """
            select stage, coalesce(order_key, '') as order_key, key, state, attempts, created_at::text as created from submission
            where is_open order by id
            """
        ).map { row in
            let order: String = try row.decode("order_key")
            return
                "\(try row.decode("stage", as: String.self)) \(try row.decode("key", as: String.self))\(order.isEmpty ? "" : " of order \(order)") is \(try row.decode("state", as: String.self)) since \(try row.decode("created", as: String.self)), attempt \(try row.decode("attempts", as: Int.self))"
        }
    }

    private func collectDeadLetters(_ evidence: inout Evidence, _ notes: Diary.Notes) async throws {
        for stage in Stage.allCases {
            for body in try await broker.deadLetters(stage) { evidence.deadLetters.insert(.init(stage: stage, body: body)) }
        }
        for message in notes.malformed {
            let letter = Evidence.DeadLetter(stage: message.stage, body: message.body)
            // The management pages publish without confirms, and what is purged is gone.
            let mayBeLost = notes.losses.contains {
                ($0.stage ?? message.stage) == message.stage && $0.at > message.at - 15 && $0.at < message.at + 120
            }
            if mayBeLost { evidence.perhapsMalformed.insert(letter) } else { evidence.malformed.insert(letter) }
        }
    }

    private static func details(_ effects: JSON, _ tally: String) -> [String] {
        (effects[tally]?["details"]?.array ?? []).map { "\($0["rule"]?.string ?? ""): \($0["what"]?.string ?? "")" }
    }
}

extension Evidence.Order {
    init(_ report: JSON, row: OrderView?, steps: [Evidence.Step], refusals: [String: Int]) {
        let number = report["po_number"]?.string ?? ""
        let id = report["dsco_order_id"]?.string ?? ""
        self.init(
            number: number, dscoOrderID: id, scenario: report["scenario"]?.string ?? "",
            expected: report["expected"]?.string ?? "", alternatives: report["alternatives"]?.array?.compactMap(\.string) ?? [],
            expectedTotal: report["expected_total"]?.decimal, lingXingRows: report["lingxing"]?.array?.count ?? 0,
            isAcknowledged: report["dsco"]?["acknowledged"]?.bool ?? false,
            trackingNumbers: report["dsco"]?["tracking_numbers"]?.array?.compactMap(\.string) ?? [],
            invoiceTotals: report["dsco"]?["invoices"]?.array?.map { $0["total"]?.decimal } ?? [],
            differences: report["differences"]?.array?.compactMap(\.string) ?? [],
            refusals: max(refusals[number] ?? 0, refusals[id] ?? 0),
            row: row.map { Evidence.Row($0.status, hold: $0.hold?.reason, waiting: $0.waiting) }, steps: steps)
    }
}
