import Foundation
import PartnerHTTP
import PostgreSQL
import Store
import Testing

@testable import StageRunner

@Suite("How a failed run is listed")
struct RunFailureTests {
    @Test("by a code that outlives the names of types")
    func codes() {
        struct Strange: Error {}
        struct OfAStage: CodedError {
            var code: String { "own" }
            var description: String { "a stage's own error" }
        }
        let errors: [(any Error, String)] = [
            (RunFailure.notConfigured, "not_configured"), (OfAStage(), "own"),
            (StoreError(.conflict, "somebody else was first"), "conflict"),
            (PartnerError(.dsco, .unavailable, call: "GET /order/"), "partner_failed"),
            (CancellationError(), "cancelled"), (Strange(), "internal"),
        ]
        for (error, code) in errors { #expect(RunFailure.code(of: error) == code) }
    }

    @Test(
        "when the host's clock is off, whichever way; a slow database is no wrong clock",
        arguments: [
            (before: -11.0, after: -11.0, off: -11), (-10, -10, nil), (0, 0, nil), (10, 10, nil), (12, 12, 12), (-60, 60, nil),
            (-60, -9, nil), (-60, -12, -12),
        ] as [(before: TimeInterval, after: TimeInterval, off: Int?)])
    func clock(before: TimeInterval, after: TimeInterval, off: Int?) {
        let clock = Date(timeIntervalSince1970: 1_767_268_800)
        var failure: RunFailure?
        do throws(RunFailure) {
            try RunFailure.check(
                clock: clock, askedBetween: clock.addingTimeInterval(before), and: clock.addingTimeInterval(after), tolerance: 10)
        } catch {
            failure = error
        }
        #expect(failure == off.map { .clockIsOff(by: $0) })
    }
}
