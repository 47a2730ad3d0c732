import Ack
import DSCO
import Domain
import Foundation
import JSON
import PartnerHTTP
import PostgreSQL
import Push
import Ship
import StageRunner
import Store
import Testing

@testable import Stock

@Suite("Nothing is sent after its permission to send has ended")
struct PermitTests {
    /// A permission that is over as soon as it is given.
    private static let none = EffectTiming(timeout: 0, settling: 100)

    /// LingXing shows every order in this status and, shipped, its outbound order.
    private func partners(_ depot: Depot, status: Int?) {
        depot.lingXingWire.answer { asked in
            if asked.path.hasSuffix("/wmsOrderList") {
                let rows = (asked.body["platform_order_no_arr"]?.array ?? []).map { number -> JSON in
                    [
                        "wo_number": "WO\(number.string ?? "")", "order_number": "9", "sid": 77, "status": 3,
                        "platform_order_no": [number], "tracking_no": "T-\(number.string ?? "")",
                        "delivered_at": "2026-01-01 10:00:00", "product_info": [["seller_sku": "SKU-1", "count": 1]],
                    ]
                }
                return .json(["code": 0, "data": .array(rows), "total": .number(JSONNumber(rows.count))])
            }
            guard asked.path.hasSuffix("/list") else { return .lost }
            let rows = (status == nil ? [] : asked.body["platform_order_nos"]?.array ?? []).map { number -> JSON in
                [
                    "global_order_no": "9\(number.string ?? "")", "store_id": "77", "status": .number(JSONNumber(status ?? 0)),
                    "platform_info": [["platform_order_no": number]],
                ]
            }
            return .json(["code": 0, "data": ["total": .number(JSONNumber(rows.count)), "list": .array(rows)]])
        }
        depot.dscoWire.answer { asked in
            asked.isWrite ? .lost : .json([Depot.payload(asked.query["value"] ?? "", lifecycle: "acknowledged")])
        }
    }

    private func writes(_ depot: Depot) -> [String] {
        depot.dscoWire.asked.filter(\.isWrite).map(\.path)
            + depot.lingXingWire.asked.map(\.path).filter { !$0.lowercased().hasSuffix("list") }
    }

    @Test("of an order: it is due again at once, and no attempt is counted", arguments: Stage.allCases, [["1"], ["1", "2"]])
    func orders(_ stage: Stage, _ ids: [String]) async throws {
        guard let source = stage.source, stage != .invoice else { return }
        try await Depot.run { depot in
            for id in ids { try await depot.put(id, source, lifecycle: stage == .ship ? "acknowledged" : "created") }
            switch stage {
            case .push:
                partners(depot, status: nil)
                try await depot.run(PushStage(depot.lingXing, timing: Self.none))
            case .ack:
                partners(depot, status: 5)
                try await depot.run(AckStage(depot.dsco, depot.lingXing, timing: Self.none, lingXingSettling: 10))
            case .ship:
                partners(depot, status: 6)
                try await depot.run(ShipStage(depot.dsco, depot.lingXing, timing: Self.none, lingXingSettling: 10))
            case .pull, .invoice, .stock: break
            }
            #expect(writes(depot).isEmpty)
            #expect(try await depot.ledger().map { $0.suffix(8) } == ids.map { _ in "rejected" })
            for id in ids {
                let order = try await depot.order(id)
                #expect((order.status, order.attempts, order.hold, order.nextAttempt) == (source, 0, nil, depot.now))
            }
        }
    }

    @Test("of a cancellation in LingXing")
    func cancellation() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .pushed)
            try await depot.pool.query(
                "update dsco_order_sync set hold_reason = 'cancelled_at_dsco', hold_facts = '', hold_since = \(depot.now)")
            depot.configure { $0.push.cancelInLingXing = true }
            partners(depot, status: 5)
            let context = depot.context(.push).with(.cancelling)
            let decode: @Sendable ([UInt8]) throws -> Order = { try DSCOOrderDecoder.decode($0) }
            _ = try await OrderRun(CancelStage(depot.lingXing, timing: Self.none), context, decode: decode).execute()
            #expect(writes(depot).isEmpty)
            #expect(try await depot.ledger() == ["1 cancel rejected"])
            #expect(try await depot.order("1").attempts == 0)
        }
    }

    @Test("of stock figures: the next pass sends what is then right", arguments: [1, 2])
    func figures(_ count: Int) async throws {
        try await Depot.run { depot in
            let context = depot.context(.stock)
            let store = StockStore(session: depot.session, runID: context.runID)
            let sender = FigureSender(depot.dsco, store, Self.none, context)
            let figures = (1...count).map { StockFigure(sku: "S\($0)", warehouses: [.init(code: "W", quantity: 5)]) }
            let counts = try await sender.send(figures)
            #expect(counts == ["superseded": count])
            #expect(writes(depot).isEmpty && !sender.partnerFailed)
            #expect(try await store.open().isEmpty)
        }
    }
}
