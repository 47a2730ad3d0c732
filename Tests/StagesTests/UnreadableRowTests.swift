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
    /// LingXing with these rows, each shown to whoever asks for its number.
    private func shop(_ depot: Depot, _ rows: [(number: String, row: JSON)], create: PartnerWire.Reply? = nil) {
        depot.lingXingWire.answer { asked in
            if asked.path.hasSuffix("/create") {
                if let create { return create }
                let numbers = (asked.body["orders"]?.array ?? []).compactMap { $0["platform_order_no"]?.string }
                return .json([
                    "code": 0,
                    "data": [
                        "success_details": .array(
                            numbers.map { ["platform_order_no": .string($0), "global_order_no": .string("9\($0.dropFirst(3))")] }),
                        "error_details": [],
                    ],
                ])
            }
            let numbers = (asked.body["platform_order_nos"]?.array ?? []).compactMap(\.string)
            let shown = rows.filter { numbers.contains($0.number) }.map(\.row)
            return .json(["code": 0, "data": ["total": .number(JSONNumber(shown.count)), "list": .array(shown)]])
        }
    }

    private func created(_ depot: Depot) -> [String] {
        depot.lingXingWire.asked("/create").flatMap { $0.body["orders"]?.array ?? [] }.compactMap {
            $0["platform_order_no"]?.string
        }
        .sorted()
    }

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
            shop(depot, [("PO-2", row)])
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(created(depot) == ["PO-1", "PO-3", "PO-4"])
            for id in ["1", "3", "4"] { #expect(try await depot.order(id).status == .pushed) }
            let left = try await depot.order("2")
            #expect(left.status == .pulled && left.attempts == 1)
            #expect(left.lastError?.code == "lingxing_row_unreadable")
            #expect(try await depot.ledger().allSatisfy { !$0.hasPrefix("2 ") })

            // Readable again, it is adopted.
            shop(
                depot,
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
            #expect(created(depot) == ["PO-1", "PO-3", "PO-4"])
        }
    }

    @Test("an order in doubt whose row cannot be read is not created again")
    func doubt() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .pulled)
            shop(depot, [], create: .lost)
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(created(depot) == ["PO-1"])

            shop(depot, [("PO-1", ["global_order_no": "G1", "status": 4, "platform_info": [["platform_order_no": "PO-1"]]])])
            for _ in 0..<5 {
                depot.pass(60)
                try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            }
            #expect(created(depot) == ["PO-1"])
            #expect(try await depot.ledger() == ["1 create unknown"])
        }
    }

    @Test(
        "a code that the contract does not name leaves a create in doubt; it is looked up, not made again",
        arguments: ["502", "424242"])
    func unknownCode(code: String) async throws {
        try await Depot.run { depot in
            try await depot.put("1", .pulled)
            shop(depot, [], create: .json(["code": .string(code), "msg": "Bad Gateway"], 502))
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(try await depot.ledger() == ["1 create unknown"])
            #expect(try await depot.order("1").attempts == 0)
        }
    }

    @Test("a create in doubt whose order staff have deleted since is done, not made again")
    func deletedSince() async throws {
        try await Depot.run { depot in
            try await depot.put("1", .pulled)
            shop(depot, [], create: .lost)
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(try await depot.ledger() == ["1 create unknown"])
            let row: JSON = [
                "global_order_no": "G1", "store_id": "77", "status": 4, "is_delete": 1,
                "platform_info": [["platform_order_no": "PO-1"]], "item_info": [],
            ]
            shop(depot, [("PO-1", row)])
            depot.pass(1000)
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            #expect(try await depot.ledger() == ["1 create confirmed"])
            let order = try await depot.order("1")
            #expect((order.status, order.lingXingOrderNumbers) == (.pushed, ["G1"]))
            #expect(created(depot) == ["PO-1"])
        }
    }
}
