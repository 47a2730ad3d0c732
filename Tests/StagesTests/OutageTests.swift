import Ack
import Domain
import Foundation
import JSON
import PartnerHTTP
import Pipeline
import Push
import StageRunner
import Store
import Testing

@Suite("A partner that is out of service")
struct OutageTests {
    @Test("its orders wait for it by name, no attempt is counted, nobody is held, and they go on when it is back")
    func visible() async throws {
        try await Depot.run { depot in
            for id in ["1", "2"] { try await depot.put(id, .pulled) }
            depot.lingXingWire.answer { _ in .text("<html>bad gateway</html>", 502) }
            let stage = PushStage(depot.lingXing, timing: Depot.timing)
            for _ in 0..<5 { await #expect(throws: PartnerError.self) { try await depot.run(stage) } }
            let calls = depot.lingXingWire.asked.count
            #expect(try await depot.run(stage).end == .failed)
            #expect(depot.lingXingWire.asked.count == calls)
            for id in ["1", "2"] {
                let order = try await depot.order(id)
                #expect(order.waiting == .circuitOpen && order.attempts == 0 && order.hold == nil)
                #expect(try #require(order.nextAttempt) > depot.now)
            }
        }
    }

    @Test("at one side keeps nobody from confirming what is open at the other")
    func otherSide() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .pushed)
            depot.lingXingWire.answer { asked in
                let numbers = (asked.body["platform_order_nos"]?.array ?? []).compactMap(\.string)
                let rows = numbers.map { number -> JSON in
                    [
                        "global_order_no": "91", "store_id": "77", "status": 5,
                        "platform_info": [["platform_order_no": .string(number)]],
                    ]
                }
                return .json(["code": 0, "data": ["total": .number(JSONNumber(rows.count)), "list": .array(rows)]])
            }
            depot.dscoWire.answer { asked in
                asked.isWrite
                    ? .json(["status": "pending", "requestId": "R1", "eventDate": "x"], 202)
                    : .json(
                        .log(
                            [.logRow(["id": "PO-1", "type": "PO_NUMBER"], "success", at: depot.now)],
                            progress: "COMPLETED"))
            }
            let stage = AckStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 10)
            try await depot.run(stage)
            #expect(try await depot.ledger() == ["1 ack accepted"])

            depot.lingXingWire.answer { _ in .text("", 503) }
            try await depot.wait("2")
            for _ in 0..<5 {
                // A look at LingXing's changes is due each time.
                depot.pass(2)
                let result = try await depot.run(stage)
                #expect(result.end == .failed)
            }
            depot.pass(60)
            try await depot.run(stage)
            #expect(try await depot.ledger() == ["1 ack confirmed"])
            #expect(try await depot.order("1").status == .acknowledged)
        }
    }
}
