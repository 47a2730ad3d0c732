import Domain
import Foundation
import JSON
import PartnerHTTP
import PostgreSQL
import Ship
import StageRunner
import Store
import Testing

@Suite("Shipping to DSCO, order by order")
struct ShippingTests {
    private static func refusal(_ words: String) -> PartnerWire.Reply {
        .json(
            [
                "status": "failure", "requestId": "r",
                "messages": [["code": "VALIDATION_FAILED", "severity": "error", "description": .string(words)]],
            ], 400)
    }

    /// LingXing shipped every order under the tracking number T-<id>.
    private func shipped(_ depot: Depot, unreadable: String? = nil) {
        depot.lingXingWire.answer { asked in
            if asked.path.hasSuffix("/wmsOrderList") {
                let numbers = (asked.body["platform_order_no_arr"]?.array ?? []).compactMap(\.string)
                let rows = numbers.map { number -> JSON in
                    [
                        "wo_number": .string("WO\(number)"), "order_number": .string("9\(number.dropFirst(3))"), "sid": 77,
                        "status": 3,
                        "platform_order_no": number == unreadable ? "" : [.string(number)],
                        "tracking_no": .string("T-\(number.dropFirst(3))"),
                        "delivered_at": "2026-01-01 10:00:00", "product_info": [["seller_sku": "SKU-1", "count": 1]],
                    ]
                }
                return .json(["code": 0, "data": .array(rows), "total": .number(JSONNumber(rows.count))])
            }
            let numbers = (asked.body["platform_order_nos"]?.array ?? []).compactMap(\.string)
            let rows = numbers.map { number -> JSON in
                [
                    "global_order_no": .string("9\(number.dropFirst(3))"), "store_id": "77", "status": 6,
                    "platform_info": [["platform_order_no": .string(number)]],
                ]
            }
            return .json(["code": 0, "data": ["total": .number(JSONNumber(rows.count)), "list": .array(rows)]])
        }
    }

    private func dsco(
        _ depot: Depot, log: JSON = .log([], progress: "PROCESSING"), single: PartnerWire.Reply = .json(["success": true], 201),
        order: @escaping @Sendable (String) -> PartnerWire.Reply = { .json([Depot.payload($0, lifecycle: "acknowledged")]) }
    ) {
        depot.dscoWire.answer { asked in
            switch asked.path {
            case "/api/v3/order/shipment/batch/small": .json(["status": "pending", "requestId": "R1", "eventDate": "x"], 202)
            case "/api/v3/order/singleShipment": single
            case "/api/v3/order/log": .json(log)
            case "/api/v3/order/": order(asked.query["value"] ?? "")
            default: .text("", 500)
            }
        }
    }

    private func stage(_ depot: Depot) -> ShipStage {
        ShipStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 10)
    }

    private func batched(_ depot: Depot) -> [String] {
        depot.dscoWire.asked("/batch/small").flatMap { $0.body.array ?? [] }.compactMap { $0["poNumber"]?.string }.sorted()
    }

    @Test(
        "an order whose fresh state cannot be read is not shipped on an old payload; the others are",
        arguments: [
            // No answer is nothing against the order, but it is told.
            (PartnerWire.Reply.text("oops", 500), "unavailable", 0), (.text("<html>", 200), "unreadable_answer", 1),
            (Self.refusal("no"), "VALIDATION_FAILED", 1),
            (.json([]), "not_shown", 1),
        ] as [(PartnerWire.Reply, String, Int)])
    func fresh(reply: PartnerWire.Reply, code: String, attempts: Int) async throws {
        try await Depot.run { depot in
            for id in ["1", "2", "3"] { try await depot.put(id, .acknowledged, lifecycle: "acknowledged") }
            shipped(depot)
            dsco(depot, order: { $0 == "2" ? reply : .json([Depot.payload($0, lifecycle: "acknowledged")]) })
            try await depot.run(stage(depot))
            #expect(batched(depot) == ["PO-1", "PO-3"])
            let left = try await depot.order("2")
            #expect(left.status == .acknowledged && left.lastError?.code == code)
            #expect((left.attempts, left.waiting) == (attempts, .backingOff))
            // Ever more seldom.
            let first = try #require(left.nextAttempt).timeIntervalSince(depot.now)
            depot.pass(first)
            try await depot.run(stage(depot))
            #expect(try #require(await depot.order("2").nextAttempt).timeIntervalSince(depot.now) == 2 * first)
        }
    }

    @Test("what an order is held for stays when DSCO gives no answer about it")
    func held() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .acknowledged, lifecycle: "acknowledged")
            try await depot.pool.query(
                "update dsco_order_sync set hold_reason = 'multiple_packages', hold_facts = 'T-1', hold_since = \(depot.now)")
            shipped(depot)
            dsco(depot, order: { _ in .text("oops", 500) })
            depot.pass(60)
            try await depot.run(stage(depot))
            let order = try await depot.order("1")
            #expect(order.hold?.reason == .multiplePackages && order.hold?.since == depot.now.addingTimeInterval(-60))
            #expect(order.lastError?.code == "unavailable" && order.attempts == 0)
            #expect(try #require(order.nextAttempt) > depot.now)
        }
    }

    @Test(
        "a parcel refused because the retailer has cancelled the order, which pull does not know yet: the order is held at once")
    func cancelled() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .acknowledged, lifecycle: "acknowledged")
            shipped(depot)
            dsco(depot, single: Self.refusal("it is cancelled")) {
                .json([Depot.payload($0, status: "cancelled", lifecycle: "completed")])
            }
            // Pull is up to date: the stored payload is sent on.
            try await depot.pool.query(
                """
                insert into sweep_cursor (name, partition, done_until, updated_at)
                values ('dsco updated', -1, \(depot.now), \(depot.now))
                """)
            for _ in 0..<3 {
                try await depot.run(stage(depot))
                depot.pass(200)
            }
            let order = try await depot.order("1")
            #expect(order.status == .acknowledged && order.hold?.reason == .cancelledAtDSCO)
            #expect(order.lastError?.text == "it is cancelled")
            #expect(depot.dscoWire.asked("/singleShipment").count == 1)
            #expect(try await depot.ledger() == ["1 T-1 rejected"])
        }
    }

    @Test("an outbound row that cannot be read keeps its order only")
    func outbound() async throws {
        try await Depot.run { depot in
            for id in ["1", "2", "3"] { try await depot.put(id, .acknowledged, lifecycle: "acknowledged") }
            shipped(depot, unreadable: "PO-2")
            dsco(depot)
            try await depot.run(stage(depot))
            #expect(batched(depot) == ["PO-1", "PO-3"])
            #expect(try await depot.order("2").lastError?.code == "lingxing_row_unreadable")
        }
    }

    @Test("a single order goes to the endpoint that answers at once, and a 201 is its confirmation")
    func alone() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .acknowledged, lifecycle: "acknowledged")
            shipped(depot)
            dsco(depot)
            try await depot.run(stage(depot))
            #expect(batched(depot).isEmpty)
            #expect(depot.dscoWire.asked("/singleShipment").count == 1)
            #expect(try await depot.ledger() == ["1 T-1 confirmed"])
            #expect(try await depot.order("1").status == .shipped)
        }
    }

    @Test(
        "a single order without a readable answer is in doubt, never done",
        arguments: [PartnerWire.Reply.lost, .text("<html>", 201), .text("oops", 400), .json(["success": true], 502)])
    func aloneInDoubt(reply: PartnerWire.Reply) async throws {
        try await Depot.run { depot in
            try await depot.put("1", .acknowledged, lifecycle: "acknowledged")
            shipped(depot)
            dsco(depot, single: reply)
            try await depot.run(stage(depot))
            #expect(try await depot.ledger() == ["1 T-1 unknown"])
            #expect(try await depot.order("1").status == .acknowledged)
        }
    }

    @Test("a row of a batch that is refused without a reason is sent alone the next time, which tells the reason")
    func reason() async throws {
        try await Depot.run { depot in
            for id in ["1", "2"] { try await depot.put(id, .acknowledged, lifecycle: "acknowledged") }
            shipped(depot)
            dsco(depot)
            try await depot.run(stage(depot))
            #expect(batched(depot) == ["PO-1", "PO-2"])
            let rows = ["1", "2"].map { id in
                JSON.logRow(
                    ["dscoOrderId": .string(id), "shipments": [["trackingNumber": .string("T-\(id)")]]], "failure", at: depot.now)
            }
            dsco(depot, log: .log(rows, progress: "COMPLETED"))
            depot.pass(60)
            try await depot.run(stage(depot))
            #expect(try await depot.order("1").lastError?.code == "refused_without_reason")

            dsco(depot, single: Self.refusal("Ship carrier is required"))
            depot.pass(7200)
            try await depot.run(stage(depot))
            #expect(depot.dscoWire.asked("/singleShipment").count == 2)
            #expect(try await depot.order("1").lastError?.text == "Ship carrier is required")
        }
    }
}
