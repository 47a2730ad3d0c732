import DSCO
import Foundation
import PartnerAccess
import StageRunner
import Testing

@Suite("Where the log is read for effects without a request id")
struct LogWindowTests {
    private static let timing = EffectTiming(timeout: 10, settling: 100)

    private func windows(_ deadlines: [TimeInterval], now: TimeInterval) -> [[TimeInterval]] {
        LogWindow.covering(deadlines.map { Depot.noon + $0 }, Self.timing, now: Depot.noon + now).map { query in
            guard case .time(let start, let end) = query else { return [] }
            return [start.timeIntervalSince(Depot.noon), end.timeIntervalSince(Depot.noon)]
        }
    }

    @Test("from before the sending to 12 settling times after its deadline, at most to now; overlapping ones are one")
    func covering() {
        #expect(windows([], now: 0).isEmpty)
        #expect(windows([0], now: 10) == [[-80, 11]])
        #expect(windows([0], now: 5000) == [[-80, 1201]])
        #expect(windows([300, 0], now: 5000) == [[-80, 1501]])
        #expect(windows([0, 4000], now: 10_000) == [[-80, 1201], [3920, 5201]])
        #expect(windows([0, 2_000_000], now: 2_000_000) == [[1_999_920, 2_000_001]])
    }
}
