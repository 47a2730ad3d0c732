import FoundationEssentials
import Testing

@testable import Domain

@Suite("Ack")
struct AckDecisionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let record: OrderRecord
        let listed: [LingXingOrder]
        let configuration: RuntimeConfiguration
        let seconds: TimeInterval
        let expected: Decision<Acknowledgement>

        init(
            _ name: String, _ listed: [LingXingOrder], _ expected: Decision<Acknowledgement>, after seconds: TimeInterval = 0,
            configure: (inout RuntimeConfiguration) -> Void = { _ in }, record change: (inout OrderRecord) -> Void = { _ in },
            order orderChange: (inout Order) -> Void = { _ in }
        ) {
            testDescription = name
            self.listed = listed
            self.expected = expected
            self.seconds = seconds
            configuration = DomainTests.configuration(configure)
            record = DomainTests.record(order(change: orderChange), .pushed, change: change)
        }
    }

    private static func send(
        _ id: String = poNumber, _ type: DSCOOrderIDType = .poNumber, _ number: String = "g1"
    ) -> Decision<Acknowledgement> {
        .send([Acknowledgement(id: id, type: type, supplierOrderNumber: number)])
    }

    private static let alreadyAcknowledged = Decision<Acknowledgement>.advance(
        note: "DSCO counts the order as acknowledged already")

    @Test(
        "acknowledges when every row of the order is in the statuses",
        arguments: [
            Case("to ship", [row("g1", 5)], send()),
            Case("shipped", [row("g1", 6)], send()),
            Case("to review", [row("g1", 4)], .wait(.notReviewed)),
            Case("a status without a name", [row("g1", 12)], .wait(.notReviewed)),
            Case("other statuses by configuration", [row("g1", 4)], send(), configure: { $0.ack.statuses = [4] }),
            Case("split, all in", [row("g2", 6), row("g1", 5)], send()),
            Case("split, one still in review", [row("g1", 5), row("g2", 4)], .wait(.notReviewed)),
            Case("merged with others", [row("g1", 5, platform: ["PO-0", poNumber])], send()),
            Case("split, a part deleted", [row("g1", 5), row("g2", 4, isDeleted: true)], send()),
            Case("another store's row does not count", [row("g1", 5), row("g2", 4, store: "7")], send()),
            Case("another store's row alone", [row("g2", 5, store: "7")], .wait(.notReviewed)),
            Case("cancelled", [row("g1", 7)], .hold(Hold(.cancelledInLingXing, facts: "g1"))),
            Case("one part cancelled", [row("g1", 5), row("g2", 7)], .hold(Hold(.cancelledInLingXing, facts: "g2"))),
            Case(
                "one part cancelled, accepted", [row("g1", 5), row("g2", 7)], send(),
                record: { $0.acceptedHolds = [Hold(.cancelledInLingXing, facts: "g2")] }),
            Case(
                "cancelled altogether, accepted", [row("g1", 7)], .wait(.notReviewed), after: 9999,
                record: { $0.acceptedHolds = [Hold(.cancelledInLingXing, facts: "g1")] }),
            Case("not listed yet", [], .wait(.notReviewed), after: 119),
            Case("not listed after settling", [], .hold(Hold(.deletedInLingXing)), after: 120),
            Case(
                "not listed after settling, known once", [], .hold(Hold(.deletedInLingXing, facts: "g1")), after: 120,
                record: { $0.lingXingOrderNumbers = ["g1"] }),
            Case("deleted while settling", [row("g1", 4, isDeleted: true)], .wait(.notReviewed), after: 119),
            Case("deleted", [row("g1", 5, isDeleted: true)], .hold(Hold(.deletedInLingXing, facts: "g1")), after: 120),
            Case(
                "deleted, accepted", [row("g1", 5, isDeleted: true)], .wait(.notReviewed), after: 120,
                record: { $0.acceptedHolds = [Hold(.deletedInLingXing, facts: "g1")] }),
            Case("cancel requested", [row("g1")], .hold(Hold(.cancelRequested)), order: { $0.isCancelRequested = true }),
            Case(
                "cancel requested, accepted", [row("g1")], send(), record: { $0.acceptedHolds = [Hold(.cancelRequested)] },
                order: { $0.isCancelRequested = true }),
            Case("cancelled at DSCO", [row("g1")], .hold(Hold(.cancelledAtDSCO)), order: { $0.dscoStatus = .cancelled }),
            Case(
                "cancelled at DSCO, accepted: that completed it, but acknowledged nothing", [row("g1")],
                .hold(Hold(.completedAtDSCO)), record: { $0.acceptedHolds = [Hold(.cancelledAtDSCO)] },
                order: { ($0.dscoStatus, $0.lifecycle) = (.cancelled, .completed) }),
            Case(
                "cancelled unit by unit under a status that cannot be read", [row("g1")], .hold(Hold(.cancelledAtDSCO)),
                order: {
                    $0.dscoStatus = nil
                    $0.lifecycle = .completed
                    for line in $0.lines.indices { $0.lines[line].cancelledQuantity = $0.lines[line].quantity }
                }),
            Case("acknowledged at DSCO", [row("g1")], alreadyAcknowledged, order: { $0.lifecycle = .acknowledged }),
            Case("completed at DSCO", [row("g1")], alreadyAcknowledged, order: { $0.lifecycle = .completed }),
            Case(
                "acknowledged by the old status alone", [row("g1")], alreadyAcknowledged,
                order: {
                    $0.lifecycle = nil
                    $0.dscoStatus = .shipmentPending
                }),
            Case(
                "acknowledged at DSCO, but not reviewed", [row("g1", 4)], .wait(.notReviewed),
                order: { $0.lifecycle = .acknowledged }),
            Case(
                "completed at DSCO, but not reviewed", [row("g1", 4)], .hold(Hold(.completedAtDSCO, facts: "T9")),
                order: {
                    $0.lifecycle = .completed
                    $0.packages = [package("T9", (1, 2), (2, 1))]
                }),
            Case(
                "partly shipped by somebody else", [row("g1")], .hold(Hold(.partlyShippedElsewhere, facts: "T9")),
                order: { $0.packages = [package("T9", (1, 1))] }),
            Case(
                "partly shipped by somebody else, accepted", [row("g1")], send(),
                record: { $0.acceptedHolds = [Hold(.partlyShippedElsewhere, facts: "T9")] },
                order: { $0.packages = [package("T9", (1, 1))] }),
            Case(
                "partly shipped by us before", [row("g1")], send(), record: { $0.trackingNumbers = ["T9"] },
                order: { $0.packages = [package("t9 ", (1, 1))] }),
            Case("number shared", [row("g1")], send("1001", .dscoOrderID), record: { $0.isNumberShared = true }),
            Case(
                "number shared, no DSCO id", [row("g1")], .hold(Hold(.poNumberShared, facts: poNumber)),
                record: { $0.isNumberShared = true }, order: { $0.dscoOrderID = nil }),
            Case(
                "fixed to the DSCO id", [row("g1", platform: ["1001"])], send("1001", .dscoOrderID),
                record: { $0.identity = OutgoingIdentity(number: "1001", idType: .dscoOrderID, storeID: store) }),
        ])
    func acknowledges(_ item: Case) {
        let decided = AckDecision.decide(
            record: item.record, listed: item.listed, configuration: item.configuration,
            now: moment.addingTimeInterval(item.seconds),
            settling: 120)
        #expect(decided.decision == item.expected)
    }

    @Test("learns LingXing's numbers, and forgets none when LingXing shows nothing")
    func learns() {
        let decide = { (rows: [LingXingOrder]) in
            AckDecision.decide(
                record: record(order(), .pushed), listed: rows, configuration: configuration(), now: moment, settling: 120)
        }
        #expect(decide([row("g2", 4), row("g1")]).learned.lingXingOrderNumbers == ["g1", "g2"])
        #expect(decide([]).learned.lingXingOrderNumbers == nil)
    }
}
