import DSCO
import Domain
import Foundation
import JSON
import PartnerHTTP
import PostgreSQL
import Push
import StageRunner
import Store
import Testing

@Suite("Cancelling in LingXing an order that has an outbound order")
struct CancellingTests {
    /// An order that DSCO cancelled, and LingXing, where it is about to be shipped.
    private func cancelled(
        _ depot: Depot, intercept: PartnerWire.Reply = .json(["code": 0]), cancel: PartnerWire.Reply = .lost
    ) async throws {
        try await depot.put("1", .pushed)
        try await hold(depot, "'cancelled_at_dsco'")
        depot.configure { $0.push.cancelInLingXing = true }
        let row: JSON = [
            "global_order_no": "91", "store_id": "77", "status": 5, "platform_info": [["platform_order_no": "PO-1"]],
        ]
        depot.lingXingWire.answer { asked in
            if asked.path.hasSuffix("/wmsOrder/cancel") { return intercept }
            if asked.path.hasSuffix("/cancelOrder") { return cancel }
            return .json(["code": 0, "data": ["total": 1, "list": [row]]])
        }
    }

    private func hold(_ depot: Depot, _ reason: String) async throws {
        _ = try await depot.pool.query(
            "update dsco_order_sync set hold_reason = \(unescaped: reason), version = version + 1, next_attempt = \(depot.now)")
    }

    private func run(_ depot: Depot) async throws {
        let decode: @Sendable ([UInt8]) throws -> Order = { try DSCOOrderDecoder.decode($0) }
        let stage = CancelStage(depot.lingXing, timing: Depot.timing)
        _ = try await OrderRun(stage, depot.context(.push).with(.cancelling), decode: decode).execute()
    }

    @Test(
        "is in doubt once the outbound order was stopped, whatever became of the cancellation, until LingXing shows every order",
        arguments: [
            ["code": "3001008", "message": "too often"],
            ["code": 0, "data": ["success_num": 0, "failure_info": [["global_order_no": "91", "message": "being stopped"]]]],
        ] as [JSON])
    func cut(_ answer: JSON) async throws {
        try await Depot.run { depot in
            try await cancelled(depot, cancel: .json(answer))
            try await run(depot)
            #expect(try await depot.ledger() == ["1 cancel unknown"])
            depot.lingXingWire.answer { _ in .json(["code": 0, "data": ["total": 0, "list": []]]) }
            depot.pass(30)
            try await run(depot)
            #expect(try await depot.ledger() == ["1 cancel unknown"])
        }
    }

    @Test("is not asked for while the outbound order cannot be stopped")
    func notStopped() async throws {
        try await Depot.run { depot in
            let failure: JSON = ["successNum": 0, "failedReason": [["orderNumber": "91", "message": "picked"]]]
            try await cancelled(depot, intercept: .json(["code": 0, "data": failure]))
            try await run(depot)
            #expect(depot.lingXingWire.asked("/cancelOrder").isEmpty)
            #expect(try await depot.ledger() == ["1 cancel rejected"])
        }
    }

    @Test("is not sent again when a person lets the order go on while it is in doubt")
    func releasedMeanwhile() async throws {
        try await Depot.run { depot in
            try await cancelled(depot)
            try await run(depot)
            #expect(try await depot.ledger() == ["1 cancel unknown"])
            try await hold(depot, "null")
            for _ in 0..<4 {
                depot.pass(200)
                try await run(depot)
            }
            #expect(depot.lingXingWire.asked("/cancelOrder").count == 1)
            #expect(try await depot.ledger() == ["1 cancel rejected"])
        }
    }
}
