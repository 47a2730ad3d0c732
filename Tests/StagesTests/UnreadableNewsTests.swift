import Ack
import Domain
import Foundation
import JSON
import Push
import Store
import Testing

@Suite("An order of which DSCO has shown something newer that could not be read is not worked on as it was")
struct UnreadableNewsTests {
    private func news(_ depot: Depot, of id: String) async throws {
        try await QuarantineStore.put(
            [
                QuarantinedPayload(
                    source: PullStore.source, order: OrderKey(rawValue: id), payload: [0xFF],
                    reason: "cancelRequested: not a flag")
            ], now: depot.now, on: depot.session)
    }

    @Test("push, which cannot ask DSCO, does not send it and says why")
    func push() async throws {
        try await Depot.run { depot in
            for id in ["1", "2"] { try await depot.put(id, .pulled) }
            try await news(depot, of: "1")
            depot.shop([])
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(depot.created() == ["PO-2"])
            let order = try await depot.order("1")
            #expect((order.status, order.attempts, order.lastError?.code) == (.pulled, 1, "unreadable_news"))
        }
    }

    @Test("ack asks DSCO how the order is now")
    func ack() async throws {
        try await Depot.run { depot in
            for id in ["1", "2"] { try await depot.put(id, .pushed) }
            try await news(depot, of: "1")
            depot.shop(
                ["1", "2"].map { id in
                    (
                        "PO-\(id)",
                        [
                            "global_order_no": .string("9\(id)"), "store_id": "77", "status": 5,
                            "platform_info": [["platform_order_no": .string("PO-\(id)")]],
                        ]
                    )
                })
            depot.dscoWire.answer { asked in
                switch asked.path {
                case "/api/v3/order/acknowledge": .json(["status": "pending", "requestId": "R1", "eventDate": "x"], 202)
                case "/api/v3/order/log": .json(.log([], progress: "PROCESSING"))
                default: .json([Depot.payload("1", status: "cancelled")])
                }
            }
            try await depot.run(
                AckStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 10))
            #expect(try await depot.order("1").hold?.reason == .cancelledAtDSCO)
            #expect(try await depot.ledger() == ["2 ack accepted"])
            #expect(depot.dscoWire.asked.count { $0.path == "/api/v3/order/" } == 1)
        }
    }
}
