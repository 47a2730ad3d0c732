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
        // LingXing has created it, whatever the status says.
        var created = known(status)
        created.isCreationConfirmed = true
        let seen = status == .pulled ? Self.held : change
        #expect(
            PullDecision.decide(order: cancelled, known: created)
                == .refresh(seen, clearsHold: false, wakes: seen == .none && status < .invoiced))
        // Not newly: a person has seen it and decided.
        #expect(
            PullDecision.decide(order: cancelled, known: known(status, order: cancelled))
                == .refresh(.none, clearsHold: false, wakes: false))
    }

    @Test("takes a completed order of cancelled units for cancelled where the status cannot be read, but not an open one")
    func cancelledByUnits() {
        func emptied(_ lifecycle: Order.Lifecycle) -> Order {
            order {
                $0.dscoStatus = nil
                $0.lifecycle = lifecycle
                for line in $0.lines.indices { $0.lines[line].cancelledQuantity = $0.lines[line].quantity }
            }
        }
        func change(_ new: Order, after old: Order = order()) -> PullDecision.Change? {
            guard case .refresh(let change, _, _) = PullDecision.decide(order: new, known: known(.pulled, order: old)) else {
                return nil
            }
            return change
        }
        #expect(change(emptied(.completed)) == .cancel)
        // Units may be added to it again.
        #expect(change(emptied(.created)) == PullDecision.Change.none)
        #expect(change(order { $0.dscoStatus = .cancelled }, after: emptied(.created)) == .cancel)
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
        #expect(PullDecision.decide(order: fewer, known: known(.pulled)) == woken)
        #expect(PullDecision.decide(order: fewer, known: known(.shipped)) == woken)
        #expect(PullDecision.decide(order: fewer, known: known(.invoiced)) == same)
        #expect(PullDecision.decide(order: fewer, known: known(.shipped, open: true)) == same)
        #expect(PullDecision.decide(order: moved, known: known(.pulled)) == same)
        #expect(PullDecision.decide(order: order(), known: known(.pushed, order: nil)) == woken)
    }

    struct Change: Sendable {
        let facts: String
        let change: @Sendable (inout Order) -> Void

        init(_ facts: String, _ change: @escaping @Sendable (inout Order) -> Void) {
            self.facts = facts
            self.change = change
        }
    }

    @Test(
        "holds an order that LingXing has when DSCO changes where it goes or how many units of it",
        arguments: [
            Change("address") { $0.shipping.city = "Boise" }, Change("address") { $0.shipping.name = "Joe Example" },
            Change("address") { $0.shipping.address2 = "Apt 4" },
            Change("line 1: 2 → 1 units") { $0.lines[0].cancelledQuantity = 1 },
            Change("line 2: 1 → 3 units") { $0.lines[1].quantity = 3 },
            Change("line 2: another item") { $0.lines[1].sku = "C" },
            Change("2 → 1 lines") { $0.lines.removeLast() },
            Change("address; line 1: 2 → 0 units") {
                $0.shipping.postalCode = "83662"
                $0.lines[0].cancelledQuantity = 2
            },
        ])
    func changesToCarryOver(_ change: Change) {
        let new = order(change: change.change)
        let hold = Hold(.changedUnderWay, facts: change.facts)
        func decided(_ known: KnownOrder) -> PullDecision.Change? {
            if case .refresh(let change, _, _) = PullDecision.decide(order: new, known: known) { change } else { nil }
        }
        for status in [OrderStatus.pushed, .acknowledged] {
            #expect(decided(known(status)) == .hold(hold))
            #expect(decided(known(status, open: true)) == .mark(hold))
            // A decision would lift its hold and not see the change; a person's look sees it.
            #expect(decided(known(status, hold: Hold(.cancelledInLingXing))) == .hold(hold))
            #expect(decided(known(status, hold: Hold(.byOperator))) == PullDecision.Change.none)
            #expect(decided(known(status, hold: hold)) == PullDecision.Change.none)
        }
        #expect(decided(known(.pulled)) == PullDecision.Change.none)
        #expect(decided(known(.pulled, open: true)) == .mark(hold), "it is just being pushed")
        for status in [OrderStatus.shipped, .invoiced, .cancelled] { #expect(decided(known(status)) == PullDecision.Change.none) }
    }

    @Test("does not hold for what LingXing does not copy, or for another spelling")
    func nothingToCarryOver() {
        let spelled = order {
            $0.shipping.address = ["1 Example St"]
            $0.shipping.address1 = nil
            $0.shipping.city = " PAYETTE"
            $0.shipping.phone = "5555550199"
            $0.shipping.state = "ID"
            $0.lines[0].consumerPrice = 3
            $0.shipWarehouseCode = "WH02"
        }
        guard case .refresh(let change, _, _) = PullDecision.decide(order: spelled, known: known(.pushed)) else {
            Issue.record("no refresh")
            return
        }
        #expect(change == .none)
    }

    @Test("tells the timeline in words what changed, without a word of the address")
    func changesInWords() {
        let new = order {
            $0.isCancelRequested = true
            $0.lifecycle = .acknowledged
            $0.shipping.city = "Boise"
            $0.lines[0].cancelledQuantity = 1
            $0.packages = [package("T1", (1, 1))]
        }
        #expect(
            new.changes(since: order()) == [
                "lifecycle created → acknowledged", "cancel requested", "address", "line 1: 2 → 1 units", "packages T1",
            ])
        #expect(order().changes(since: new).contains("cancel request withdrawn"))
        #expect(order().changes(since: order()).isEmpty)
    }

    @Test("lifts a hold that the new payload could cure")
    func clears() {
        let moved = order { $0.shipping.address1 = "2 Example St" }
        let cured = PullDecision.refresh(.none, clearsHold: true, wakes: true)
        let same = PullDecision.refresh(.none, clearsHold: false, wakes: false)
        #expect(PullDecision.decide(order: moved, known: known(.pulled, hold: Hold(.addressIncomplete))) == cured)
        #expect(PullDecision.decide(order: moved, known: known(.pulled, hold: Hold(.priceMissing))) == same)
        #expect(
            PullDecision.decide(order: moved, known: known(.pulled, hold: Hold(.addressIncomplete), open: true))
                == .refresh(.mark(Hold(.changedUnderWay, facts: "address")), clearsHold: false, wakes: false))
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
