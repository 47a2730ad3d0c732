import Ack
import Domain
import JSON
import StageRunner
import Testing

@Suite("LingXing's changes are listed as often as a run needs them")
struct SweepTests {
    @Test("every run of the schedule lists them; what continues a backlog does so at most every ten seconds")
    func continuations() async throws {
        try await Depot.run { depot in
            depot.lingXingWire.answer { _ in .json(["code": 0, "data": ["total": 0, "list": []]]) }
            let stage = AckStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 120)
            func lists(_ isContinuation: Bool) async throws -> Int {
                depot.lingXingWire.forget()
                try await stage.sweep(depot.context(.ack, isContinuation: isContinuation))
                return depot.lingXingWire.asked("/order/v2/list").count
            }
            let scheduled = [try await lists(false), try await lists(false)]
            #expect(scheduled == [1, 1])
            depot.pass(9)
            #expect(try await lists(true) == 0)
            depot.pass(1)
            #expect(try await lists(true) == 1)
            #expect(try await lists(true) == 0)
        }
    }
}
