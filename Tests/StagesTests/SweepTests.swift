import Ack
import Domain
import JSON
import StageRunner
import Testing

@Suite("LingXing's changes are listed as often as a run needs them")
struct SweepTests {
    @Test("a person is always shown them; the schedule lists them at most every twelfth of the settling time")
    func pauses() async throws {
        try await Depot.run { depot in
            depot.lingXingWire.answer { _ in .json(["code": 0, "data": ["total": 0, "list": []]]) }
            let stage = AckStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 120)
            func lists(_ isAskedFor: Bool) async throws -> Int {
                depot.lingXingWire.forget()
                try await stage.sweep(depot.context(.ack, isAskedFor: isAskedFor))
                return depot.lingXingWire.asked("/order/v2/list").count
            }
            let asked = [try await lists(true), try await lists(true)]
            #expect(asked == [1, 1])
            depot.pass(9)
            #expect(try await lists(false) == 0)
            depot.pass(1)
            #expect(try await lists(false) == 1)
            #expect(try await lists(false) == 0)
        }
    }
}
