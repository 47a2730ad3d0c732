import AsyncHTTPClient
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1
import PostgreSQL
import Rehearsal
import Sandbox

/// What a run of ack or ship costs in front of many orders of which none has changed.
struct WaitingPart: Sendable {
    let venue: Venue

    private static let orders = 50_000
    private static let runs = 20

    func figures() async throws -> [Figure] {
        var rig = RigSettings.withoutLimits()
        // The staff do nothing by themselves.
        rig.partners.lingXing.reviewDelay = 1e8
        rig.partners.lingXing.shipDelay = 1e8
        rig.work([.pull, .push, .ack, .ship])
        rig.configure = { $0.only([.pull, .push, .ack, .ship], cron: "* * * * * *") }
        return try await Rig.with("waiting", rig, venue) { rig in
            try await wait(rig)
            return try await measure(.ack, rig) + measure(.ship, rig)
        }
    }

    /// One order that waits for its review and one that waits for its goods to leave, then many of each.
    private func wait(_ rig: Rig) async throws {
        let orders = await rig.sandbox.createOrders(OrderRequest(count: 2, seed: 11, mix: [], age: 60))
        try await waiting(rig, 2, .pushed)
        let command = HTTPClientRequest.staff("\(rig.partnersURL)/sandbox/lingxing/order/\(orders[0].po)/review")
        let answer = try await HTTPClient.shared.execute(command, timeout: .seconds(10))
        guard answer.status == .ok else { throw RehearsalError("LingXing's staff did not review: \(answer.status.code)") }
        try await waiting(rig, 1, .acknowledged)
        try await rig.configure { $0.only([], cron: RuntimeConfiguration.never) }
        for status in [OrderStatus.pushed, .acknowledged] {
            try await rig.pool.query(
                """
                insert into dsco_order_sync select r.* from dsco_order_sync o, generate_series(1, \(Self.orders - 1)::int) i,
                  lateral jsonb_populate_record(o, jsonb_build_object(
                    'order_key', o.order_key || '-' || i, 'po_number', o.po_number || '-' || i,
                    'dsco_order_id', o.dsco_order_id || '-' || i, 'outgoing_number', o.outgoing_number || '-' || i,
                    'partition', i % 64, 'next_attempt', now() + interval '1 hour')) r
                where o.status = \(status.rawValue) and o.wait_reason is not null
                """)
        }
        try await rig.pool.query("vacuum analyze dsco_order_sync")
    }

    private func waiting(_ rig: Rig, _ count: Int, _ status: OrderStatus) async throws {
        try await rig.wait("\(count) orders wait at \(status.rawValue)", seconds: 60) {
            let rows = try await rig.pool.query(
                "select count(*)::int as n from dsco_order_sync where status = \(status.rawValue) and wait_reason is not null")
            return try rows[0].decode("n", as: Int.self) >= count
        }
    }

    private func measure(_ stage: Stage, _ rig: Rig) async throws -> [Figure] {
        for _ in 0..<3 { try await rig.run(stage) }
        let worker = ProcessName.worker(stage, 1)
        var most = 0
        let cpu = rig.use[worker]?.cpu ?? .infinity
        for _ in 0..<Self.runs {
            let calls = rig.sandbox.effects.counts.calls.values.reduce(0, +)
            try await rig.run(stage)
            most = max(most, rig.sandbox.effects.counts.calls.values.reduce(0, +) - calls)
        }
        let used = ((rig.use[worker]?.cpu ?? .infinity) - cpu) / Double(Self.runs) * 1000
        return [
            Figure(
                .waiting, "calls of a \(stage.rawValue) run, nothing changed", Double(most), goal: .atMost(5),
                note: "\(Self.orders) orders wait; the most of \(Self.runs) runs"),
            Figure(
                .waiting, "CPU of a \(stage.rawValue) run, nothing changed", used, "ms", goal: .below(50),
                note: "mean of \(Self.runs) runs"),
        ]
    }
}

extension HTTPClientRequest {
    fileprivate static func staff(_ url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        return request
    }
}
