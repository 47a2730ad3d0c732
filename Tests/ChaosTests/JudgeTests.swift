import Chaos
import Domain
import Foundation
import Testing

@Suite("The judge")
struct JudgeTests {
    /// An order as it is when everything went well.
    private static func invoiced(_ adjust: (inout Evidence.Order) -> Void = { _ in }) -> Evidence.Order {
        var order = Evidence.Order(
            number: "PO-1", dscoOrderID: "1", scenario: "plain", expected: "invoiced", expectedTotal: 12.34, lingXingRows: 1,
            isAcknowledged: true, trackingNumbers: ["1Z"], invoiceTotals: [12.34], row: .init(.invoiced))
        adjust(&order)
        return order
    }

    private static func held(
        _ reason: HoldReason, at status: OrderStatus, expected: String? = nil, _ adjust: (inout Evidence.Order) -> Void = { _ in }
    ) -> Evidence.Order {
        var order = Evidence.Order(
            number: "PO-2", dscoOrderID: "2", scenario: "two_rows", expected: expected ?? "held:\(reason.rawValue)",
            lingXingRows: status >= .pushed ? 1 : 0, isAcknowledged: status >= .acknowledged, row: .init(status, hold: reason))
        adjust(&order)
        return order
    }

    private static func findings(_ orders: [Evidence.Order], _ adjust: (inout Evidence) -> Void = { _ in }) -> [Finding] {
        var evidence = Evidence()
        evidence.orders = orders.map { order in
            var order = order
            if order.steps.isEmpty, let status = order.row?.status { order.steps = steps(to: status) }
            return order
        }
        adjust(&evidence)
        return Judge.findings(evidence)
    }

    /// The timeline of an order that nothing befell.
    private static func steps(to status: OrderStatus) -> [Evidence.Step] {
        guard status != .cancelled else { return [.init(.pulled, "new at status 1"), .init(.cancelled, "cancelled at DSCO")] }
        return [.init(.pulled, "new at status 1")]
            + (1..<status.rawValue).map { Evidence.Step(.advanced, "\($0) → \($0 + 1)") }
    }

    @Test(
        "finds nothing where every order is where it belongs",
        arguments: [
            invoiced(), held(.multiplePackages, at: .acknowledged), held(.addressIncomplete, at: .pulled),
            Evidence.Order(number: "PO-3", dscoOrderID: "3", scenario: "test_order", expected: "invisible"),
            Evidence.Order(
                number: "PO-4", dscoOrderID: "4", scenario: "shipped_elsewhere", expected: "shipped_elsewhere",
                row: .init(.invoiced)),
            Evidence.Order(
                number: "PO-5", dscoOrderID: "5", scenario: "cancelled_already", expected: "cancelled", row: .init(.cancelled)),
            Evidence.Order(
                number: "PO-6", dscoOrderID: "6", scenario: "unpaired_sku", expected: "waiting:not_reviewed", lingXingRows: 1,
                row: .init(.pushed, waiting: .notReviewed)),
        ])
    func nothing(_ order: Evidence.Order) {
        #expect(Self.findings([order]).isEmpty)
    }

    @Test(
        "finds an order that is not where it belongs",
        arguments: [
            invoiced { $0.row = nil }, invoiced { $0.row = .init(.shipped) },
            invoiced { $0.row = .init(.pulled, hold: .inDoubt) },
            invoiced { $0.row = .init(.acknowledged, waiting: .notShipped) },
            held(.addressIncomplete, at: .pulled) { $0.row = .init(.pulled, hold: .priceMissing) },
            held(.multiplePackages, at: .acknowledged) { $0.row = .init(.invoiced) },
        ])
    func misplaced(_ order: Evidence.Order) {
        #expect(Self.findings([order]).map(\.check) == [.outcome])
    }

    @Test(
        "finds an effect that is missing, or one too many",
        arguments: [
            invoiced { $0.lingXingRows = 0 }, invoiced { $0.isAcknowledged = false }, invoiced { $0.trackingNumbers = [] },
            invoiced { $0.invoiceTotals = [] }, held(.addressIncomplete, at: .pulled) { $0.lingXingRows = 1 },
            held(.multiplePackages, at: .acknowledged) { $0.trackingNumbers = ["1Z"] },
            Evidence.Order(number: "PO-3", dscoOrderID: "3", scenario: "test_order", expected: "invisible", lingXingRows: 1),
        ])
    func effects(_ order: Evidence.Order) {
        #expect(Self.findings([order]).map(\.check) == [.effects])
    }

    @Test(
        "finds an invoice that is off by a cent, and a second one", arguments: [[12.35], [12.34, 12.34], [nil]] as [[Decimal?]])
    func invoices(_ totals: [Decimal?]) {
        #expect(Self.findings([Self.invoiced { $0.invoiceTotals = totals }]).map(\.check) == [.invoices])
    }

    @Test(
        "finds a status that moved by other than one step (invariant 3)",
        arguments: [
            ([], .pulled), ([.init(.pulled, "new at status 1")], .pushed),
            ([.init(.pulled, "new at status 1"), .init(.advanced, "1 → 3")], .acknowledged),
            ([.init(.pulled, "new at status 1"), .init(.advanced, "1 → 2"), .init(.advanced, "1 → 2")], .pushed),
            ([.init(.pulled, "new at status 1"), .init(.advanced, "2 → 3")], .acknowledged),
            ([.init(.pulled, "new at status 1"), .init(.pulled, "new at status 1")], .pulled),
            ([.init(.pulled, "somehow")], .pulled),
        ] as [([Evidence.Step], OrderStatus)])
    func steps(_ steps: [Evidence.Step], _ status: OrderStatus) {
        #expect(!Judge.steps(Self.invoiced { ($0.steps, $0.row) = (steps, .init(status)) }).isEmpty)
    }

    @Test("lets only a person move a status as they like")
    func statusSet() {
        let steps = Self.steps(to: .acknowledged) + [.init(.statusSet, "3 → 1: sent by mistake"), .init(.advanced, "1 → 2")]
        #expect(Judge.steps(Self.invoiced { ($0.steps, $0.row) = (steps, .init(.pushed)) }).isEmpty)
    }

    @Test("finds an effect that says something else, but for an order that its retailer changed under way")
    func contents() {
        let order = Self.invoiced { $0.differences = ["LingXing was told another city"] }
        #expect(Self.findings([order]).map(\.check) == [.contents])
        var changed = order
        changed.scenario = "cancelled_soon"
        #expect(Self.findings([changed]).isEmpty)
    }

    @Test("lets nobody count an order as acknowledged that the retailer cancelled before")
    func notAcknowledged() {
        let order = Self.invoiced { ($0.scenario, $0.isAcknowledged) = ("cancelled_soon", false) }
        #expect(Self.findings([order]).map(\.check) == [.effects])
    }

    @Test("lets several parcels go only where a person allowed them for a while")
    func packages() {
        let order = Self.held(.multiplePackages, at: .acknowledged) {
            $0.row = .init(.invoiced)
            $0.trackingNumbers = ["1Z", "2Z"]
            $0.invoiceTotals = [1]
        }
        #expect(Self.findings([order]).count == 1)
        #expect(Self.findings([order]) { $0.packagesWereAllowed = true }.isEmpty)
    }

    @Test("finds what is left open, done twice or asked for twice, and what breaks a contract")
    func lists() {
        let findings = Self.findings([]) {
            $0.strangers = ["9"]
            $0.openRows = ["push create is unknown"]
            $0.openReplays = ["replay 1 is open"]
            $0.duplicates = ["order_created_twice: 1"]
            $0.duplicateAttempts = ["created_twice: 1"]
            $0.violations = ["sign: wrong"]
            $0.stockDifferences = ["stock of A"]
            $0.uncalledEnds = ["push-worker-1 ended by itself: exit status 1"]
        }
        #expect(
            findings.map(\.check) == [
                .outcome, .ledger, .replays, .duplicates, .duplicateAttempts, .violations, .stock, .processes,
            ])
    }

    @Test("counts the quarantined", arguments: [0, 2])
    func quarantine(_ count: Int) {
        let order = Evidence.Order(number: "PO-3", dscoOrderID: "3", scenario: "unreadable", expected: "quarantined")
        #expect(Self.findings([order]) { $0.quarantined = 1 }.isEmpty)
        #expect(Self.findings([order]) { $0.quarantined = count }.map(\.check) == [.quarantine])
    }

    @Test("wants every malformed message among the dead letters, and no other")
    func deadLetters() {
        let ours = Evidence.DeadLetter(stage: .push, body: "rubbish")
        let lost = Evidence.DeadLetter(stage: .ack, body: "rubbish that a purge may have taken")
        let tick = Evidence.DeadLetter(stage: .ship, body: "a tick")
        func checks(_ letters: Set<Evidence.DeadLetter>) -> [Finding.Check] {
            Self.findings([]) {
                $0.malformed = [ours]
                $0.perhapsMalformed = [lost]
                $0.deadLetters = letters
            }.map(\.check)
        }
        #expect(checks([ours]).isEmpty)
        #expect(checks([ours, lost]).isEmpty)
        #expect(checks([lost]) == [.deadLetters])
        #expect(checks([ours, tick]) == [.deadLetters])
    }

    @Test("excuses a refusal that the storm asked for, and only that", arguments: [(3, 1), (2, 0), (0, 0)])
    func refusals(_ refusals: Int, excused: Int) {
        var evidence = Evidence()
        evidence.orders = [
            Self.held(.refusedByDSCO, at: .pushed, expected: "invoiced") {
                $0.refusals = refusals
                $0.steps = Self.steps(to: .pushed)
            }
        ]
        #expect(Judge.refusedByStorm(evidence).count == excused)
        // It must be released and go on all the same.
        #expect(Judge.findings(evidence).map(\.check) == [.outcome])
    }
}
