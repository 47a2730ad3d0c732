import Testing

@testable import Domain

@Suite("Cancelling in LingXing")
struct CancelDecisionTests {
    private let cancelled = record(order { $0.dscoStatus = .cancelled }, .acknowledged) { $0.hold = Hold(.cancelledAtDSCO) }

    @Test(
        "cancels open rows, those with an outbound order after intercepting it",
        arguments: [
            ([row("g1", 4)], CancelDecision.Answer.cancel(LingXingCancellation(orders: ["g1"], intercepts: []))),
            ([row("g2", 5), row("g1", 4)], .cancel(LingXingCancellation(orders: ["g1", "g2"], intercepts: ["g2"]))),
            ([row("g1", 7), row("g2", 4)], .cancel(LingXingCancellation(orders: ["g2"], intercepts: []))),
            ([row("g1", 7), row("g2", 4, isDeleted: true)], .nothing(note: "LingXing has no open order for it")),
            ([row("g1", 4, store: "7")], .nothing(note: "LingXing has no open order for it")),
            ([row("g1", 6), row("g2", 5)], .nothing(note: "LingXing has shipped it; it is too late to cancel")),
            (
                [row("g1", 5, platform: [poNumber, "PO-2"])],
                .nothing(note: "LingXing has merged it with another order; a person must take it out")
            ),
        ])
    func cancels(listed: [LingXingOrder], expected: CancelDecision.Answer) {
        #expect(CancelDecision.decide(record: cancelled, listed: listed) == expected)
    }

    @Test("is for orders at 2 and 3 that DSCO cancelled, and only when configured", arguments: OrderStatus.allCases)
    func concerns(status: OrderStatus) {
        let allowed = configuration { $0.push.cancelInLingXing = true }
        let held = record(order(), status) { $0.hold = Hold(.cancelledAtDSCO) }
        let asked = record(order(), status) { $0.hold = Hold(.cancelRequested) }
        #expect(CancelDecision.concerns(held, configuration: allowed) == (status == .pushed || status == .acknowledged))
        #expect(!CancelDecision.concerns(held, configuration: configuration()))
        #expect(!CancelDecision.concerns(asked, configuration: allowed))
    }
}
