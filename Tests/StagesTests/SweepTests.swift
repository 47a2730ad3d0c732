import Ack
import Domain
import FoundationEssentials
import JSON
import StageRunner
import Testing

@Suite("LingXing's changes are listed as often as a run needs them")
struct SweepTests {
    @Test("a person is always shown them; the schedule looks at most every sixth of the settling time")
    func pauses() async throws {
        try await Depot.run { depot in
            depot.lingXingWire.answer { _ in .json(["code": 0, "data": ["total": 0, "list": []]]) }
            let stage = AckStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 120)
            try await depot.wait("1")
            func lists(_ isAskedFor: Bool) async throws -> Int {
                depot.lingXingWire.forget()
                try await stage.sweep(depot.context(.ack, isAskedFor: isAskedFor))
                return depot.lingXingWire.asked("/order/v2/list").count
            }
            let asked = [try await lists(true), try await lists(true)]
            #expect(asked == [1, 1])
            depot.pass(19)
            #expect(try await lists(false) == 0)
            depot.pass(1)
            #expect(try await lists(false) == 1)
            #expect(try await lists(false) == 0)
        }
    }

    @Test("once in the settling time everything that may show up late is listed again; in between little more than what is new")
    func windows() async throws {
        try await Depot.run { depot in
            depot.lingXingWire.answer { _ in .json(["code": 0, "data": ["total": 0, "list": []]]) }
            let stage = AckStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 120)
            try await depot.wait("1")
            /// How many seconds back the look lists.
            func reach() async throws -> Int? {
                depot.lingXingWire.forget()
                try await stage.sweep(depot.context(.ack))
                guard let body = depot.lingXingWire.asked("/order/v2/list").first?.body else { return nil }
                return try #require(body["end_time"]?.int) - #require(body["start_time"]?.int) - 2
            }
            _ = try await reach()
            var reaches: [Int?] = []
            for _ in 0..<7 {
                depot.pass(20)
                reaches.append(try await reach())
            }
            #expect(reaches == Array(repeating: 22, count: 5) + [240, 22])
            depot.pass(300)
            #expect(try await reach() == 440)
            depot.pass(20)
            #expect(try await reach() == 22)
        }
    }

    @Test("where no order waits, LingXing is not asked; the next look begins there all the same")
    func nobodyWaits() async throws {
        try await Depot.run { depot in
            depot.lingXingWire.answer { _ in .json(["code": 0, "data": ["total": 0, "list": []]]) }
            let stage = AckStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 120)
            func starts() async throws -> [Int] {
                depot.lingXingWire.forget()
                try await stage.sweep(depot.context(.ack, isAskedFor: true))
                return try depot.lingXingWire.asked("/order/v2/list").map { try #require($0.body["start_time"]?.int) }
            }
            #expect(try await starts().isEmpty)
            depot.pass(1000)
            #expect(try await starts().isEmpty)
            // What changed just before an order began to wait may show up as late as the settling time.
            try await depot.wait("1")
            #expect(try await starts() == [Int(Depot.noon.timeIntervalSince1970) + 1000 - 120 - 1])
        }
    }
}
