import FoundationEssentials
import Testing

@testable import Domain

@Suite("Cancelling in LingXing")
struct CancelDecisionTests {
    private let cancelled = record(order { $0.dscoStatus = .cancelled }, .acknowledged) { $0.hold = Hold(.cancelledAtDSCO) }

    private static func send(_ orders: [String], _ intercepts: [String] = []) -> Decision<LingXingCancellation> {
        .send([LingXingCancellation(orders: orders, intercepts: intercepts)])
    }

    private static func stays(_ why: String) -> Decision<LingXingCancellation> { .hold(Hold(.cancelledAtDSCO, facts: why)) }

    @Test(
        "cancels open rows, those with an outbound order after intercepting it; says why where it may not",
        arguments: [
            ([row("g1", 4)], send(["g1"])),
            ([row("g2", 5), row("g1", 4)], send(["g1", "g2"], ["g2"])),
            ([row("g1", 7), row("g2", 4)], send(["g2"])),
            ([row("g1", 7), row("g2", 4, isDeleted: true)], .advance(note: "LingXing shows it cancelled: g1, g2")),
            ([row("g1", 4, store: "7")], .advance(note: "LingXing has no such order")),
            ([], .advance(note: "LingXing has no such order")),
            ([row("g1", 6), row("g2", 5)], stays("LingXing has shipped it; it is too late to cancel")),
            ([row("g1", 9)], stays("LingXing has shipped it; it is too late to cancel")),
            (
                [row("g1", 5, platform: [poNumber, "PO-2"])],
                stays("LingXing has merged it with another order; a person must take it out")
            ),
        ])
    func cancels(listed: [LingXingOrder], expected: Decision<LingXingCancellation>) {
        let later = moment.addingTimeInterval(120)
        #expect(CancelDecision.decide(record: cancelled, listed: listed, now: later, settling: 120).decision == expected)
    }

    @Test("believes that LingXing lacks the order only after the settling time")
    func settling() {
        let soon = moment.addingTimeInterval(119)
        #expect(CancelDecision.decide(record: cancelled, listed: [], now: soon, settling: 120).decision == .wait(.notReviewed))
        #expect(
            CancelDecision.decide(record: cancelled, listed: [row("g1", 4)], now: soon, settling: 120).decision
                == Self.send(["g1"]))
    }

    @Test("does not take an answer without the order for its end where LingXing has shown it before")
    func vanished() {
        var record = cancelled
        record.lingXingOrderNumbers = ["g2", "g1"]
        let decided = CancelDecision.decide(record: record, listed: [], now: .distantFuture, settling: 120)
        #expect(decided.decision == Self.stays("LingXing no longer shows g1,g2; a person must look where it is"))
    }

    @Test("touches nothing for an order that has no number of its own in LingXing")
    func unnamed() {
        var record = cancelled
        record.identity = nil
        let decided = CancelDecision.decide(record: record, listed: [row("g1", 4)], now: .distantFuture, settling: 120)
        #expect(decided.decision == Self.stays("it did not go to LingXing by push; it has to be stopped by hand"))
    }

    @Test("is for orders at 2 and 3 that DSCO cancelled", arguments: OrderStatus.allCases)
    func concerns(status: OrderStatus) {
        #expect(CancelDecision.concerns(Hold(.cancelledAtDSCO), at: status) == (status == .pushed || status == .acknowledged))
        #expect(!CancelDecision.concerns(Hold(.cancelRequested), at: status))
        #expect(!CancelDecision.concerns(nil, at: status))
    }
}
