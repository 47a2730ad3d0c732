import Domain
import FoundationEssentials
import Pipeline
import Testing

@testable import Store

/// Reads like design 6, 7.1 and 7.5.
@Suite("What an outcome does to an order's row")
struct OrderRowStateTests {
    private let now = StoreFixture.noon
    private var later: Date { now.addingTimeInterval(300) }
    private let failure = Failure(code: "E1", words: "no such store")

    private func row(_ status: OrderStatus = .pushed, hold: Hold? = nil, mark: Mark? = nil, wait: WaitReason? = nil)
        -> OrderRowState
    {
        OrderRowState(
            status: status, statusSince: now.addingTimeInterval(-3600), version: 7, hold: hold, holdSince: hold.map { _ in now },
            holdBy: nil,
            marks: mark.map { [$0] } ?? [], waitReason: wait, rechecks: 2, attempts: 4, sameRefusals: 1, lastErrorCode: nil,
            lastErrorText: nil,
            lastErrorAt: nil,
            nextAttempt: now, lookedUpAt: now)
    }

    // MARK: The belt

    @Test(
        "An order advances one step and is due at its next stage",
        arguments: [(OrderStatus.pulled, OrderStatus.pushed), (.pushed, .acknowledged), (.acknowledged, .shipped)])
    func advance(_ from: OrderStatus, _ to: OrderStatus) {
        var state = row(from, wait: .confirming)
        let lines = state.apply(.advance, from: from, hasOpenRows: false, now: now)
        #expect(state.status == to)
        #expect(state.statusSince == now)
        #expect(state.nextAttempt == now)
        #expect(state.waitReason == nil)
        #expect((state.attempts, state.sameRefusals, state.rechecks) == (0, 0, 0))
        #expect(state.lookedUpAt == nil)
        #expect(state.version == 8)
        #expect(lines.map(\.kind) == [.advanced])
    }

    @Test(
        "A cancellation ends an order at 6 only while DSCO's hold is on it; one that was let go on stays its stage's",
        arguments: [
            (Hold(.cancelledAtDSCO), OrderStatus.cancelled), (nil, .pushed), (Hold(.byOperator), .pushed),
        ] as [(Hold?, OrderStatus)])
    func cancelling(_ hold: Hold?, _ status: OrderStatus) {
        var state = row(hold: hold)
        _ = state.apply(.advance, from: .pushed, scope: .cancelling, hasOpenRows: false, now: now)
        #expect(state.status == status)
        #expect(state.hold == (status == .cancelled ? nil : hold))
    }

    @Test("An invoiced order is done")
    func end() {
        var state = row(.shipped)
        _ = state.apply(.advance, from: .shipped, hasOpenRows: false, now: now)
        #expect(state.status == .invoiced)
        #expect(state.nextAttempt == nil)
    }

    @Test(
        "An order that stands elsewhere meanwhile is held, never moved",
        arguments: [OrderStatus.cancelled, .acknowledged, .shipped])
    func changedUnderWay(_ found: OrderStatus) {
        var state = row(found)
        let lines = state.apply(.advance, from: .pushed, hasOpenRows: false, now: now)
        #expect(state.status == found)
        #expect(state.hold == Hold(.changedUnderWay, facts: "2→\(found.rawValue)"))
        #expect(state.nextAttempt == nil)
        #expect(lines.map(\.kind) == [.held])
    }

    @Test("What does not advance says nothing about an order that stands elsewhere")
    func elsewhere() {
        for outcome in [
            Outcome.wait(.notReviewed, until: later, rechecks: 0), .retry(failure, until: later, attempts: 1, sameRefusals: 1),
            .hold(Hold(.shopUnmapped), failure: nil),
        ] {
            var state = row(.acknowledged)
            let before = state
            #expect(state.apply(outcome, from: .pushed, hasOpenRows: false, now: now).isEmpty)
            #expect(state == before)
        }
    }

    @Test("Effects that a person closed while they were under way hold the order, whatever the run saw")
    func overtaken() {
        for outcome in [
            Outcome.advance, .wait(.confirming, until: later, rechecks: 0),
            .retry(failure, until: later, attempts: 1, sameRefusals: 1),
        ] {
            var state = row()
            _ = state.apply(outcome, from: .pushed, hasOpenRows: false, wasOvertaken: true, now: now)
            #expect(state.status == .pushed)
            #expect(state.hold?.reason == .changedUnderWay)
        }
    }

    @Test("A decision from a row that changed since says nothing, not even to advance")
    func outdated() {
        for outcome in [
            Outcome.advance, .wait(.notReviewed, until: later, rechecks: 0), .hold(Hold(.shopUnmapped), failure: nil),
        ] {
            for from in [OrderStatus.pushed, .pulled] {
                var state = row()
                let before = state
                #expect(state.apply(outcome, from: from, hasOpenRows: false, isOutdated: true, now: now).isEmpty)
                #expect(state == before)
            }
        }
    }

    // MARK: Waiting, failing, holding

    @Test("Waiting is no failure: it counts looks, not attempts, and is news once")
    func wait() {
        var state = row(hold: Hold(.shopUnmapped))
        #expect(
            state.apply(.wait(.notReviewed, until: later, rechecks: 3), from: .pushed, hasOpenRows: false, now: now).map(\.kind)
                == [.waits])
        #expect(state.hold == nil)
        #expect(state.waitReason == .notReviewed)
        #expect(state.nextAttempt == later)
        #expect((state.attempts, state.rechecks) == (4, 3))
        #expect(state.apply(.wait(.notReviewed, until: later, rechecks: 4), from: .pushed, hasOpenRows: false, now: now).isEmpty)
        #expect(state.version == 8)
    }

    @Test("A failure is stored with its words, and the order backs off")
    func retry() {
        var state = row(hold: Hold(.shopUnmapped))
        let lines = state.apply(
            .retry(failure, until: later, attempts: 5, sameRefusals: 2), from: .pushed, hasOpenRows: false, now: now)
        #expect(lines == [TimelineEntry(.failed, "E1: no such store")])
        #expect((state.lastErrorCode, state.lastErrorText, state.lastErrorAt) == ("E1", "no such store", now))
        #expect((state.attempts, state.sameRefusals, state.waitReason, state.nextAttempt) == (5, 2, .backingOff, later))
        #expect(state.hold == nil)
    }

    @Test("A hold stops the order; the same one again is no news")
    func hold() {
        var state = row(wait: .notReviewed)
        let hold = Hold(.refusedByDSCO, facts: "E1")
        #expect(state.apply(.hold(hold, failure: failure), from: .pushed, hasOpenRows: false, now: now).map(\.kind) == [.held])
        #expect((state.hold, state.holdSince, state.waitReason, state.nextAttempt) == (hold, now, nil, nil))
        #expect((state.attempts, state.lastErrorCode) == (5, "E1"))
        #expect(state.apply(.hold(hold, failure: nil), from: .pushed, hasOpenRows: false, now: later).isEmpty)
        #expect(state.holdSince == now)
    }

    @Test(
        "A hold that only a person lifts outlasts whatever a run finds",
        arguments: [HoldReason.byOperator, .cancelledAtDSCO, .refusedByLingXing, .retriesExhausted, .changedUnderWay, .inDoubt])
    func stopped(_ reason: HoldReason) {
        let outcomes: [Outcome] = [
            .wait(.notReviewed, until: later, rechecks: 0), .wait(.backingOff, until: later, rechecks: 0),
            .retry(failure, until: later, attempts: 5, sameRefusals: 0), .hold(Hold(.priceMissing), failure: nil),
        ]
        for outcome in outcomes {
            var state = row(hold: Hold(reason, facts: "f"))
            _ = state.apply(outcome, from: .pushed, hasOpenRows: false, now: now)
            #expect(state.hold == Hold(reason, facts: "f"))
            #expect(state.nextAttempt == nil)
            #expect(state.waitReason == nil)
        }
    }

    @Test(
        "Open effects are looked after whatever the hold",
        arguments: [(HoldReason.byOperator, true), (.cancelledAtDSCO, true), (.shopUnmapped, false)])
    func confirming(_ reason: HoldReason, _ stays: Bool) {
        var state = row(hold: Hold(reason))
        #expect(state.apply(.wait(.confirming, until: later, rechecks: 2), from: .pushed, hasOpenRows: true, now: now).isEmpty)
        #expect((state.hold != nil) == stays)
        #expect(state.waitReason == (stays ? nil : .confirming))
        #expect(state.nextAttempt == later)
    }

    @Test(
        "A person's hold stays over the confirmation of an effect; a decision's and a doubt end with it",
        arguments: [(HoldReason.byOperator, true), (.cancelledAtDSCO, true), (.shopUnmapped, false), (.inDoubt, false)])
    func heldWhileConfirmed(_ reason: HoldReason, _ stays: Bool) {
        var state = row(hold: Hold(reason))
        _ = state.apply(.advance, from: .pushed, hasOpenRows: false, now: now)
        #expect(state.status == .acknowledged)
        #expect((state.hold != nil) == stays)
        #expect(state.nextAttempt == (stays ? nil : now))
    }

    // MARK: Marks

    private static let cancelled = Mark(Hold(.cancelledAtDSCO))
    private static let stop = Mark(Hold(.byOperator), by: "ann")

    @Test("A mark waits for the last open effect")
    func markWaits() {
        var state = row(mark: Self.stop)
        _ = state.apply(.wait(.confirming, until: later, rechecks: 0), from: .pushed, hasOpenRows: true, now: now)
        #expect(state.marks == [Self.stop])
        #expect(state.hold == nil)
    }

    @Test("The result comes first, then the mark, as if it came now")
    func markAfterAdvance() {
        var state = row(mark: Self.stop)
        let lines = state.apply(.advance, from: .pushed, hasOpenRows: false, now: now)
        #expect(lines.map(\.kind) == [.advanced, .held])
        #expect((state.status, state.hold, state.holdBy, state.marks) == (.acknowledged, Self.stop.hold, "ann", []))
        #expect(state.nextAttempt == nil)
    }

    @Test("A cancellation found under way cancels an order that is still at 1 and holds a later one")
    func cancellation() {
        let refused = Outcome.retry(failure, until: later, attempts: 1, sameRefusals: 1)
        for (status, outcome, expected) in [
            (OrderStatus.pulled, refused, OrderStatus.cancelled), (.pulled, .advance, .pushed), (.pushed, refused, .pushed),
        ] {
            var state = row(status, mark: Self.cancelled)
            _ = state.apply(outcome, from: status, hasOpenRows: false, now: now)
            #expect(state.status == expected)
            // In LingXing it is due at once for push, which may cancel it there.
            #expect(state.nextAttempt == (expected == .pushed ? now : nil))
            #expect(state.marks.isEmpty)
            #expect((state.hold?.reason == .cancelledAtDSCO) == (expected != .cancelled))
        }
    }

    @Test("A mark is applied also to an order that stands elsewhere")
    func markElsewhere() {
        var state = row(.acknowledged, mark: Self.stop)
        _ = state.apply(.wait(.backingOff, until: later, rechecks: 0), from: .pushed, hasOpenRows: false, now: now)
        #expect(state.hold == Self.stop.hold)
    }
}
