import Domain
import Foundation
import JSON
import Push
import Store
import Testing

@Suite("A create in doubt is looked up at LingXing")
struct InDoubtAtLingXingTests {
    @Test(
        "a code that the contract does not name leaves a create in doubt; it is looked up, not made again",
        arguments: ["502", "424242"])
    func unknownCode(code: String) async throws {
        try await Depot.run { depot in
            try await depot.put("1", .pulled)
            depot.shop([], create: .json(["code": .string(code), "msg": "Bad Gateway"], 502))
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(try await depot.ledger() == ["1 create unknown"])
            #expect(try await depot.order("1").attempts == 0)
        }
    }

    @Test("a create in doubt whose order staff have deleted since is done, not made again")
    func deletedSince() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .pulled)
            depot.shop([], create: .lost)
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(try await depot.ledger() == ["1 create unknown"])
            let row: JSON = [
                "global_order_no": "G1", "store_id": "77", "status": 4, "is_delete": 1,
                "platform_info": [["platform_order_no": "PO-1"]], "item_info": [],
            ]
            depot.shop([("PO-1", row)])
            depot.pass(1000)
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(try await depot.ledger() == ["1 create confirmed"])
            let order = try await depot.order("1")
            #expect((order.status, order.lingXingOrderNumbers) == (.pushed, ["G1"]))
            #expect(depot.created() == ["PO-1"])
        }
    }
}
