import Domain
import Foundation
import JSON
import PostgreSQL
import Store

/// What became of the orders, by Conveyor's rows and by the partners' memory, against what the scenarios mean to become of them.
struct BeltReport: Sendable {
    struct Order: Sendable {
        let name: String
        let scenario: String
        /// `invoiced`, `cancelled`, `held:<reason>`, `waiting:<reason>`, `quarantined` or `invisible`; more than one where two events race.
        let meant: [String]
        /// The same, as it is; `invisible` without a row.
        let outcome: String
        let expectedTotal: Decimal?
        let invoiceTotals: [Decimal?]

        var isAsMeant: Bool {
            meant.contains(outcome) || meant == ["quarantined"] && outcome == "invisible"
        }
    }

    let orders: [Order]
    let quarantined: Int
    let inDoubt: Int
    /// What the sandbox says of effects, duplicates, violations and stock.
    let effects: JSON

    /// What is not as it should be, in words; empty at the end of the ride.
    var unfinished: [String] {
        orders.filter { !$0.isAsMeant }.map { "\($0.name), \($0.scenario): should be \($0.meant), is \($0.outcome)" }
            + (quarantined == meantForQuarantine ? [] : ["\(quarantined) quarantined, should be \(meantForQuarantine)"])
            + (inDoubt == 0 ? [] : ["\(inDoubt) effects in doubt"])
            + (effects["stock"]?["equal"] == .bool(true)
                ? [] : ["stock differs: \(effects["stock"]?["differences"]?.text() ?? "")"])
    }

    var meantForQuarantine: Int { orders.count { $0.meant == ["quarantined"] } }

    func total(_ tally: String) -> Int? { effects[tally]?["total"]?.int }

    /// The findings of a tally, for people.
    func details(_ tally: String) -> String { effects[tally]?["details"]?.text() ?? "" }

    /// What the partners did, by kind.
    var effectCounts: [String: Int] {
        var counts: [String: Int] = [:]
        for partner in ["lingxing", "dsco"] {
            for member in effects[partner]?.object?.members ?? [] { counts["\(partner).\(member.key)"] = member.value.int }
        }
        return counts
    }
}

extension Belt {
    func report() async throws -> BeltReport {
        let directory = OrderDirectory(pool)
        let rows = try await directory.list(.init(limit: 1_000_000))
        let summary = try await directory.summary(now: Date())
        let byID = Dictionary(rows.compactMap { row in row.dscoOrderID.map { ($0, row) } }) { first, _ in first }
        return BeltReport(
            orders: try await partners.orders().map { order in
                let alternatives = order["alternatives"]?.array?.compactMap(\.string) ?? []
                return BeltReport.Order(
                    name: order["dsco_order_id"]?.string ?? "", scenario: order["scenario"]?.string ?? "",
                    // Nothing is sent for an order that was shipped elsewhere, but it ends where ours end.
                    meant: ([order["expected"]?.string ?? ""] + alternatives).map { $0 == "shipped_elsewhere" ? "invoiced" : $0 },
                    outcome: byID[order["dsco_order_id"]?.string ?? ""]?.outcome ?? "invisible",
                    expectedTotal: order["expected_total"]?.decimal,
                    invoiceTotals: order["dsco"]?["invoices"]?.array?.map { $0["total"]?.decimal } ?? [])
            },
            quarantined: summary.quarantined, inDoubt: summary.stages.values.reduce(0) { $0 + $1.inDoubt },
            effects: try await partners.effects())
    }

    /// Waits until every order is where it is meant to end.
    ///
    /// LingXing may keep the slot of a call that died for two minutes (design 8), and so do we. These partners let go at once: nobody has to
    /// wait for slots that were taken longer ago than any call lasts.
    @discardableResult
    func ride(within timeout: Duration = .seconds(90)) async throws -> BeltReport {
        let deadline = ContinuousClock.now + timeout
        while true {
            try await pool.query(
                "update remote_limit set busy_until = now() where busy_until > now() and started_at < now() - interval '6 s'")
            let report = try await report()
            guard !report.unfinished.isEmpty else { return report }
            guard ContinuousClock.now < deadline else {
                throw Unfinished(
                    description: (["after \(timeout):"] + report.unfinished.prefix(20) + [troubles(), folder.path()]).joined(
                        separator: "\n"))
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

struct Unfinished: Error, CustomStringConvertible {
    let description: String
}

extension OrderView {
    fileprivate var outcome: String {
        switch status {
        case .invoiced: return "invoiced"
        case .cancelled: return "cancelled"
        default:
            if let hold { return "held:\(hold.reason.rawValue)" }
            return waiting.map { "waiting:\($0.rawValue)" } ?? "under way"
        }
    }
}
