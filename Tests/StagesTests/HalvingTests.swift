import Domain
import Foundation
import JSON
import PartnerHTTP
import Push
import StageRunner
import Store
import Testing

@Suite("A batch that a partner refuses as a whole")
struct HalvingTests {
    @Test("is halved until the bad order stands alone, which is refused; the others go on")
    func push() async throws {
        try await Depot.run { depot in
            for id in ["1", "2", "3", "4"] { try await depot.put(id, .pulled) }
            depot.lingXingWire.answer { asked in
                guard asked.path.hasSuffix("/create") else { return .json(["code": 0, "data": ["total": 0, "list": []]]) }
                let numbers = (asked.body["orders"]?.array ?? []).compactMap { $0["platform_order_no"]?.string }
                if numbers.contains("PO-2") { return .json(["code": 102, "message": "no"]) }
                let created = numbers.map { number -> JSON in
                    ["platform_order_no": .string(number), "global_order_no": .string("9\(number)")]
                }
                return .json(["code": 0, "data": ["success_details": .array(created), "error_details": []]])
            }
            try await depot.run(PushStage(depot.lingXing, timing: Depot.timing))
            for id in ["1", "3", "4"] { #expect(try await depot.order(id).status == .pushed) }
            let bad = try await depot.order("2")
            #expect((bad.status, bad.attempts, bad.lastError?.code) == (.pulled, 1, "102"))
        }
    }
}
