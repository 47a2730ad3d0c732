import Domain
import Foundation
import JSON
import PartnerHTTP
import Push
import StageRunner
import Store
import Synchronization
import Testing

@Suite("A LingXing row that cannot be read concerns its own orders alone")
struct UnreadableRowTests {
    @Test(
        "push leaves its order alone with the reason, never creates it, and all others go on",
        arguments: [
            // Named by its platform number; and not named at all, so that only asking for it alone tells whose it is.
            ["global_order_no": "G2", "status": 4, "platform_info": [["platform_order_no": "PO-2"]]],
            ["global_order_no": "G2", "store_id": "77", "status": 4], "not a row", nil,
            [
                "global_order_no": "G2", "store_id": "77", "status": 4, "platform_info": [["platform_order_no": "PO-2"]],
                "item_info": [["quantity": nil]],
            ],
        ] as [JSON])
    func push(row: JSON) async throws {
        try await Depot.run { depot in
            for id in ["1", "2", "3", "4"] { try await depot.put(id, .pulled) }
            depot.shop([("PO-2", row)])
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(depot.created() == ["PO-1", "PO-3", "PO-4"])
            for id in ["1", "3", "4"] { #expect(try await depot.order(id).status == .pushed) }
            let left = try await depot.order("2")
            #expect(left.status == .pulled && left.attempts == 1)
            #expect(left.lastError?.code == "lingxing_row_unreadable")
            #expect(try await depot.ledger().allSatisfy { !$0.hasPrefix("2 ") })

            // Readable again, it is adopted.
            depot.shop(
                [
                    (
                        "PO-2",
                        [
                            "global_order_no": "G2", "store_id": "77", "status": 4,
                            "platform_info": [["platform_order_no": "PO-2"]],
                        ]
                    )
                ])
            depot.pass(7200)
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(try await depot.order("2").status == .pushed)
            #expect(depot.created() == ["PO-1", "PO-3", "PO-4"])
        }
    }

    @Test("an order whose number LingXing refuses to look up is left alone with the reason, and all others go on")
    func refusedNumber() async throws {
        try await Depot.run { depot in
            for id in ["1", "2", "3", "4"] { try await depot.put(id, .pulled) }
            depot.shop([])
            depot.lingXingWire.intercept { asked in
                asked.path.hasSuffix("/list") && asked.body["platform_order_nos"]?.array?.contains("PO-2") == true
                    ? .json(["code": 102, "message": "parameter error"]) : nil
            }
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(depot.created() == ["PO-1", "PO-3", "PO-4"])
            for id in ["1", "3", "4"] { #expect(try await depot.order(id).status == .pushed) }
            let left = try await depot.order("2")
            #expect((left.status, left.attempts, left.lastError?.code) == (.pulled, 1, "102"))
        }
    }

    @Test(
        "a LingXing that refuses every look-up fails the run after some questions, and costs no order an attempt",
        arguments: [(60, 21), (4, 7), (1, 1)])
    func refusesAll(orders: Int, calls: Int) async throws {
        try await Depot.run { depot in
            for id in 1...orders { try await depot.put("\(id)", .pulled) }
            depot.shop([])
            depot.lingXingWire.intercept {
                $0.path.hasSuffix("/list") ? .json(["code": 102, "message": "parameter error"]) : nil
            }
            await #expect(throws: PartnerError.self) {
                try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            }
            #expect(depot.lingXingWire.asked("/list").count == calls)
            #expect(depot.created().isEmpty)
            for id in 1...orders { #expect(try await depot.order("\(id)").attempts == 0) }
        }
    }

    @Test("an order in doubt whose row cannot be read is not created again")
    func doubt() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .pulled)
            depot.shop([], create: .lost)
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(depot.created() == ["PO-1"])

            depot.shop([("PO-1", ["global_order_no": "G1", "status": 4, "platform_info": [["platform_order_no": "PO-1"]]])])
            for _ in 0..<5 {
                depot.pass(60)
                try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            }
            #expect(depot.created() == ["PO-1"])
            #expect(try await depot.ledger() == ["1 create unknown"])
        }
    }
}
