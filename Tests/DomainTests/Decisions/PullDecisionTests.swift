import FoundationEssentials
import Testing

@testable import Domain

@Suite("Pull")
struct PullDecisionTests {
    struct New: Sendable {
        let status: Order.DSCOStatus?
        let lifecycle: Order.Lifecycle?
        let expected: PullDecision
        var packaged: [Int] = []
        var cancelled = 0

        init(
            _ status: Order.DSCOStatus?, _ lifecycle: Order.Lifecycle?, packaged: [Int] = [], cancelled: Int = 0,
            _ expected: PullDecision
        ) {
            self.status = status
            self.lifecycle = lifecycle
            self.packaged = packaged
            self.cancelled = cancelled
            self.expected = expected
        }
    }

    private static let pulled = PullDecision.insert(.pulled, hold: nil, wait: nil)
    private static let done = PullDecision.insert(.invoiced, hold: nil, wait: nil)
    private static let cancelled = PullDecision.insert(.cancelled, hold: nil, wait: nil)
    private static let waiting = PullDecision.insert(.pulled, hold: nil, wait: .notReleased)

    private static func elsewhere(_ facts: String) -> PullDecision {
        .insert(.pulled, hold: Hold(.partlyShippedElsewhere, facts: facts), wait: nil)
    }

    @Test(
        "gives a new order its place on the belt, an order of two units here",
        arguments: [
            New(.created, .created, pulled), New(.created, .acknowledged, pulled), New(.created, nil, pulled),
            New(.shipmentPending, .acknowledged, pulled), New(.shipmentPending, nil, pulled),
            New(.created, .received, waiting), New(nil, .received, waiting),
            New(nil, .created, pulled), New(nil, .acknowledged, pulled),
            New(nil, .acknowledged, packaged: [1], elsewhere("T1")),
            New(.cancelled, .completed, cancelled: 2, cancelled), New(.cancelled, nil, cancelled),
            New(.cancelled, .received, cancelled),
            New(.shipped, .completed, packaged: [2], done), New(.shipped, .completed, packaged: [1], cancelled: 1, done),
            New(.shipped, .completed, done), New(.shipped, nil, packaged: [2], done),
            New(.shipped, .acknowledged, packaged: [1], elsewhere("T1")), New(.shipped, .acknowledged, elsewhere("")),
            New(.shipped, .acknowledged, packaged: [2], elsewhere("T1")),
            New(.shipped, .completed, packaged: [1], elsewhere("T1")),
            New(.shipped, nil, packaged: [1], elsewhere("T1")), New(.shipped, nil, elsewhere("")),
            New(nil, .completed, packaged: [2], done), New(nil, .completed, packaged: [1, 1], done),
            New(nil, .completed, done), New(nil, .completed, cancelled: 2, cancelled),
            New(nil, .completed, packaged: [1], elsewhere("T1")),
            New(nil, nil, .quarantine(reason: "neither dscoStatus nor dscoLifecycle can be read")),
        ])
    func insert(new: New) {
        let order = order(line(1, "A", 2)) {
            $0.dscoStatus = new.status
            $0.lifecycle = new.lifecycle
            $0.lines[0].cancelledQuantity = new.cancelled
            $0.packages = new.packaged.enumerated().map { package("T\($0.offset + 1)", (1, $0.element)) }
        }
        #expect(PullDecision.decide(order: order, known: nil) == new.expected)
    }

    private func known(
        _ status: OrderStatus, hold: Hold? = nil, wait: WaitReason? = nil, open: Bool = false, order: Order? = order()
    ) -> KnownOrder {
        KnownOrder(status: status, hold: hold, wait: wait, hasOpenSubmissions: open, order: order)
    }

    @Test(
        "never moves a known order, whatever DSCO's status says",
        arguments: OrderStatus.allCases, [Order.DSCOStatus.created, .shipmentPending, .shipped])
    func neverMoves(status: OrderStatus, dscoStatus: Order.DSCOStatus) {
        let decision = PullDecision.decide(order: order { $0.dscoStatus = dscoStatus }, known: known(status))
        guard case .refresh(let change, _, _) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(change == .none)
    }

    private static let held = PullDecision.Change.hold(Hold(.cancelledAtDSCO))

    @Test(
        "cancels an order at status 1 and holds a later one when DSCO cancels it",
        arguments: [
            (OrderStatus.pulled, PullDecision.Change.cancel), (.pushed, held), (.acknowledged, held), (.shipped, held),
            (.invoiced, held),
            (.cancelled, .none),
        ])
    func cancellation(status: OrderStatus, change: PullDecision.Change) {
        let cancelled = order { $0.dscoStatus = .cancelled }
        #expect(
            PullDecision.decide(order: cancelled, known: known(status))
                == .refresh(change, clearsHold: false, wakes: change == .none && status < .invoiced))
        #expect(
            PullDecision.decide(order: cancelled, known: known(status, hold: Hold(.shopUnmapped)))
                == .refresh(change, clearsHold: false, wakes: false))
        let marked = status == .cancelled ? PullDecision.Change.none : .mark(Hold(.cancelledAtDSCO))
        #expect(
            PullDecision.decide(order: cancelled, known: known(status, open: true))
                == .refresh(marked, clearsHold: false, wakes: false))
        // Not newly: a person has seen it and decided.
        #expect(
            PullDecision.decide(order: cancelled, known: known(status, order: cancelled))
                == .refresh(.none, clearsHold: false, wakes: false))
    }

    @Test("wakes an order that the new payload lets go on or stops, and no other")
    func wakes() {
        let asked = order { $0.isCancelRequested = true }
        let released = order { $0.lifecycle = .received }
        let fewer = order { $0.lines[0].cancelledQuantity = 1 }
        let moved = order { $0.shipping.address1 = "2 Example St" }
        let same = PullDecision.refresh(.none, clearsHold: false, wakes: false)
        let woken = PullDecision.refresh(.none, clearsHold: false, wakes: true)
        #expect(PullDecision.decide(order: order(), known: known(.pushed)) == same)
        #expect(PullDecision.decide(order: asked, known: known(.pushed)) == woken)
        #expect(PullDecision.decide(order: asked, known: known(.pushed, hold: Hold(.byOperator))) == same)
        #expect(PullDecision.decide(order: order(), known: known(.pulled, wait: .notReleased, order: released)) == woken)
        #expect(PullDecision.decide(order: released, known: known(.pulled, wait: .notReleased, order: released)) == same)
        #expect(PullDecision.decide(order: fewer, known: known(.acknowledged)) == woken)
        #expect(PullDecision.decide(order: fewer, known: known(.invoiced)) == same)
        #expect(PullDecision.decide(order: fewer, known: known(.acknowledged, open: true)) == same)
        #expect(PullDecision.decide(order: moved, known: known(.pushed)) == same)
        #expect(PullDecision.decide(order: order(), known: known(.pushed, order: nil)) == woken)
    }

    @Test("lifts a hold that the new payload could cure")
    func clears() {
        let moved = order { $0.shipping.address1 = "2 Example St" }
        let cured = PullDecision.refresh(.none, clearsHold: true, wakes: true)
        let same = PullDecision.refresh(.none, clearsHold: false, wakes: false)
        #expect(PullDecision.decide(order: moved, known: known(.pulled, hold: Hold(.addressIncomplete))) == cured)
        #expect(PullDecision.decide(order: moved, known: known(.pulled, hold: Hold(.priceMissing))) == same)
        #expect(PullDecision.decide(order: moved, known: known(.pulled, hold: Hold(.addressIncomplete), open: true)) == same)
    }

    @Test("does not let an older page overwrite a newer payload")
    func outdated() {
        let stored = order { $0.updated = moment }
        let older = order {
            $0.updated = moment.addingTimeInterval(-1)
            $0.dscoStatus = .cancelled
        }
        #expect(PullDecision.decide(order: older, known: known(.pulled, order: stored)) == .outdated)
        #expect(
            PullDecision.decide(order: stored, known: known(.pulled, order: stored))
                == .refresh(.none, clearsHold: false, wakes: false))
    }
}
