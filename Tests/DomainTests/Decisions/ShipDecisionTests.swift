import FoundationEssentials
import Testing

@testable import Domain

@Suite("Ship")
struct ShipDecisionTests {
    /// What is sent, short enough for a table: `T1: 1×2 2×1` is parcel T1 with two units of line 1 and one of line 2; `+` marks a line
    /// that spans parcels.
    private static func text(_ decision: Decision<Shipment>) -> String {
        switch decision {
        case .advance: return "advance"
        case .wait(let reason): return "wait \(reason.rawValue)"
        case .hold(let hold): return "hold \(hold.reason.rawValue) \(hold.facts)"
        case .send(let shipments):
            return shipments.map { shipment in
                let lines = shipment.lines.map { "\($0.lineNumber ?? 0)×\($0.quantity)\($0.spansPackages ? "+" : "")" }
                return "\(shipment.trackingNumber): \(lines.joined(separator: " "))"
            }.joined(separator: ", ")
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expected: String
        let record: OrderRecord
        let listed: [LingXingOrder]
        let outbound: [OutboundOrder]
        let configuration: RuntimeConfiguration

        /// Two units of A on line 1 and one of B on line 2, unless `order` says otherwise.
        init(
            _ name: String, _ expected: String, _ outbound: [OutboundOrder], listed: [LingXingOrder] = [],
            configure: (inout RuntimeConfiguration) -> Void = { _ in }, record change: (inout OrderRecord) -> Void = { _ in },
            order orderChange: (inout Order) -> Void = { _ in }
        ) {
            testDescription = name
            self.expected = expected
            self.outbound = outbound
            self.listed = listed
            configuration = DomainTests.configuration(configure)
            record = DomainTests.record(order(change: orderChange), .acknowledged, change: change)
        }
    }

    private func expect(_ item: Case) {
        let decided = ShipDecision.decide(
            record: item.record, listed: item.listed, outbound: item.outbound, configuration: item.configuration,
            now: moment.addingTimeInterval(3600))
        #expect(Self.text(decided.decision) == item.expected)
    }

    private static let whole = [outbound("WO1", "T1", goods("A", 2), goods("B", 1))]
    private static let halves = [outbound("WO1", "T1", goods("A", 2)), outbound("WO2", "T2", goods("B", 1))]

    @Test(
        "tells DSCO when every remaining unit has left, and waits until then",
        arguments: [
            Case("one parcel", "T1: 1×2 2×1", whole),
            Case(
                "two outbound orders in one parcel", "T1: 1×2 2×1",
                [outbound("WO1", "T1", goods("A", 2)), outbound("WO2", "T1", goods("B", 1))]),
            Case("the same row twice, as paging repeats it", "T1: 1×2 2×1", whole + whole),
            Case("nothing", "wait not_shipped", []),
            Case("shown as shipped, rows are late", "wait partly_shipped", [], listed: [row("g1", 6)]),
            Case(
                "one part in the warehouse", "wait partly_shipped", [halves[0], outbound("WO2", "T2", goods("B", 1), status: 2)]),
            Case("a label alone", "wait not_shipped", [outbound("WO1", "T1", goods("A", 2), goods("B", 1), status: 2)]),
            Case("intercepted", "wait not_shipped", [outbound("WO1", "T1", goods("A", 2), goods("B", 1), status: 4)]),
            Case("no tracking number", "wait not_shipped", [outbound("WO1", " ", goods("A", 2), goods("B", 1))]),
            Case("no ship time", "wait not_shipped", [outbound("WO1", "T1", goods("A", 2), goods("B", 1), delivered: nil)]),
            Case(
                "a label is enough by configuration", "T1: 1×2 2×1",
                [outbound("WO1", "T1", goods("A", 2), goods("B", 1), status: 2, delivered: nil)],
                configure: { $0.ship.requireShippedStatus = false }),
            Case(
                "intercepted never counts", "wait not_shipped", [outbound("WO1", "T1", goods("A", 2), goods("B", 1), status: 4)],
                configure: { $0.ship.requireShippedStatus = false }),
            Case("another store's row", "wait not_shipped", [outbound("WO1", "T1", goods("A", 2), goods("B", 1), store: "7")]),
            Case(
                "cancelled units need not leave", "T1: 1×1", [outbound("WO1", "T1", goods("A", 1))],
                order: {
                    $0.lines[0].cancelledQuantity = 1
                    $0.lines[1].cancelledQuantity = 1
                }),
            Case("cancelled in LingXing", "hold cancelled_in_lingxing g1", [], listed: [row("g1", 7)]),
            Case(
                "a part cancelled in LingXing", "hold cancelled_in_lingxing g2", [halves[0]],
                listed: [row("g1", 6), row("g2", 7)]),
            Case("cancelled in LingXing after all left", "T1: 1×2 2×1", whole, listed: [row("g1", 6), row("g2", 7)]),
            Case(
                "cancelled in LingXing, accepted", "wait not_shipped", [], listed: [row("g1", 7), row("g2", 5)],
                record: { $0.acceptedHolds = [Hold(.cancelledInLingXing, facts: "g1")] }),
            Case("deleted in LingXing", "hold deleted_in_lingxing g1", [], listed: [row("g1", 5, isDeleted: true)]),
        ])
    func covers(_ item: Case) { expect(item) }

    @Test(
        "finds the line of the goods",
        arguments: [
            Case(
                "by the msku that was pushed, before the SKU", "T1: 1×2 2×1",
                [outbound("WO1", "T1", goods("P", 2, sku: "B"), goods("B", 1, sku: "P"))], order: { $0.lines[0].partnerSKU = "P" }
            ),
            Case(
                "by the mapped SKU", "T1: 1×2 2×1", [outbound("WO1", "T1", goods(nil, 2, sku: "LX-A"), goods(nil, 1, sku: "B"))],
                configure: { $0.mapping.sku = ["A": "LX-A"] }),
            Case(
                "by a mapping of the partner's SKU", "T1: 1×2 2×1",
                [outbound("WO1", "T1", goods("?", 2, sku: "LX-A"), goods("?", 1, sku: "B"))],
                configure: { $0.mapping.sku = ["P": "LX-A"] }, order: { $0.lines[0].partnerSKU = "P" }),
            Case(
                "by the line's own SKU beside a partner's", "T1: 1×2 2×1", [outbound("WO1", "T1", goods("A", 2), goods("B", 1))],
                order: { $0.lines[0].partnerSKU = "P" }),
            Case(
                "but not by a name that is mapped elsewhere", "hold line_unidentified A",
                [outbound("WO1", "T1", goods(nil, 2, sku: "A"), goods("B", 1))], configure: { $0.mapping.sku = ["A": "LX-A"] }),
            Case("or asks a person", "hold line_unidentified LX-A", [outbound("WO1", "T1", goods("LX-A", 2), goods("B", 1))]),
            Case("extras harm nobody", "T1: 1×2 2×1", [outbound("WO1", "T1", goods("A", 2), goods("B", 1), goods("GIFT", 1))]),
            Case(
                "the same SKU on two lines is spread in line order", "T1: 1×2+, T2: 1×1+ 2×1",
                [outbound("WO2", "T2", goods("A", 2)), outbound("WO1", "T1", goods("A", 2))],
                configure: { $0.ship.packages = .all }, order: { $0.lines = [line(1, "A", 3), line(2, "A", 1)] }),
            Case(
                "what is packaged without a line number fills the lines in order too", "T2: 1×1+ 2×1",
                [outbound("WO2", "T2", goods("A", 2))], configure: { $0.ship.packages = .all },
                order: {
                    $0.lines = [line(1, "A", 3), line(2, "A", 1)]
                    var item = OrderPackage.Item(quantity: 2)
                    item.sku = "A"
                    $0.packages = [OrderPackage(trackingNumber: "T1", items: [item])]
                }),
            Case(
                "a bundle counts once, as the bundle that was ordered", "T1: 1×2 2×1",
                [
                    outbound(
                        "WO1", "T1", goods("A", 2, sku: "LX-SET", .bundle, id: "1"), goods("A", 2, sku: "X", .part, bundle: "1"),
                        goods("A", 4, sku: "Y", .part, bundle: "1"), goods("B", 1))
                ]),
            Case(
                "or as its parts, when those were ordered", "T1: 1×2 2×1",
                [
                    outbound(
                        "WO1", "T1", goods("SET", 1, .bundle, id: "1"), goods("A", 2, .part, bundle: "1"),
                        goods("B", 1, .part, bundle: "1"))
                ]),
        ])
    func matches(_ item: Case) { expect(item) }

    @Test(
        "takes from a merged row only what is ours",
        arguments: [
            Case(
                "goods that name their order", "T1: 1×2 2×1",
                [
                    outbound(
                        "WO1", "T1", goods("A", 2, platform: poNumber), goods("A", 5, platform: "PO-2"),
                        goods("B", 1, platform: poNumber),
                        platform: [poNumber, "PO-2"])
                ]),
            Case(
                "goods that do not: the other order's surplus is not ours", "T1: 1×2 2×1",
                [outbound("WO1", "T1", goods("A", 7), goods("B", 1), goods("C", 1), platform: [poNumber, "PO-2"])]),
            Case(
                "the other order's units are counted first", "wait partly_shipped",
                [outbound("WO1", "T1", goods("A", 2), goods("B", 1), platform: [poNumber, "PO-2"])],
                listed: [
                    row(
                        "g1", 6, platform: [poNumber, "PO-2"],
                        items: [
                            LingXingOrder.Item(platformOrderNo: poNumber, msku: "A", localSKU: nil, quantity: 2),
                            LingXingOrder.Item(platformOrderNo: poNumber, msku: "B", localSKU: nil, quantity: 1),
                            LingXingOrder.Item(platformOrderNo: "PO-2", msku: "A", localSKU: nil, quantity: 2),
                        ])
                ]),
            Case(
                "and ours are complete with the second parcel", "hold multiple_packages T1,T2",
                [
                    outbound("WO1", "T1", goods("A", 3), goods("B", 1), platform: [poNumber, "PO-2"]),
                    outbound("WO2", "T2", goods("A", 1), platform: [poNumber, "PO-2"]),
                ],
                listed: [
                    row(
                        "g1", 6, platform: [poNumber, "PO-2"],
                        items: [LingXingOrder.Item(platformOrderNo: "PO-2", msku: "A", localSKU: nil, quantity: 2)])
                ]),
        ])
    func merged(_ item: Case) { expect(item) }

    @Test(
        "sends several parcels only when allowed, and marks the lines they share",
        arguments: [
            Case("held", "hold multiple_packages T1,T2", halves),
            Case("allowed by configuration", "T1: 1×2, T2: 2×1", halves, configure: { $0.ship.packages = .all }),
            Case(
                "allowed by a person", "T1: 1×2, T2: 2×1", halves,
                record: { $0.acceptedHolds = [Hold(.multiplePackages, facts: "T1,T2")] }),
            Case(
                "allowed by a person, for other parcels", "hold multiple_packages T1,T2", halves,
                record: { $0.acceptedHolds = [Hold(.multiplePackages, facts: "T1,T3")] }),
            Case(
                "a line in two parcels", "T1: 1×1+, T2: 1×1+ 2×1",
                [outbound("WO1", "T1", goods("A", 1)), outbound("WO2", "T2", goods("A", 1), goods("B", 1))],
                configure: { $0.ship.packages = .all }),
            Case(
                "an incomplete order waits first", "wait partly_shipped",
                [outbound("WO1", "T1", goods("A", 1)), outbound("WO2", "T2", goods("B", 1))]),
        ])
    func parcels(_ item: Case) { expect(item) }

    @Test(
        "never tells DSCO what it has, nor more than is left",
        arguments: [
            Case(
                "all there, ours by the ledger", "advance", [],
                record: { $0.shipmentsUnderWay = [shipment("T1", (1, 2), (2, 1))] }),
            Case("all there, ours by LingXing", "advance", whole, order: { $0.packages = [package("t1 ", (1, 2), (2, 1))] }),
            Case(
                "all there, ours by the row", "advance", [], record: { $0.trackingNumbers = ["T1"] },
                order: { $0.packages = [package("T1", (1, 2), (2, 1))] }),
            Case(
                "all there, ours, though a cancellation was asked for", "advance", whole,
                order: {
                    $0.packages = [package("T1", (1, 2), (2, 1))]
                    $0.isCancelRequested = true
                }),
            Case(
                "all there, not ours", "hold completed_at_dsco T9", whole,
                order: { $0.packages = [package("T9", (1, 2), (2, 1))] }),
            Case(
                "all there, one not ours", "hold completed_at_dsco T1,T9", halves,
                order: { $0.packages = [package("T1", (1, 2)), package("T9", (2, 1))] }),
            Case(
                "all cancelled", "hold completed_at_dsco ", [],
                order: {
                    $0.lines[0].cancelledQuantity = 2
                    $0.lines[1].cancelledQuantity = 1
                }),
            Case("completed at DSCO, not by us", "hold completed_at_dsco ", whole, order: { $0.lifecycle = .completed }),
            Case(
                "one parcel is there, the other is not", "T2: 2×1", halves,
                record: {
                    $0.shipmentsUnderWay = [shipment("T1", (1, 2))]
                    $0.acceptedHolds = [Hold(.multiplePackages, facts: "T1,T2")]
                }, order: { $0.packages = [package("T1", (1, 2))] }),
            Case(
                "under way and not visible yet counts once", "T2: 2×1", halves, configure: { $0.ship.packages = .all },
                record: { $0.shipmentsUnderWay = [shipment("T1", (1, 2))] }),
            Case(
                "the rest of an order that somebody else shipped in part", "T2: 2×1", [halves[1]],
                order: { $0.packages = [package("T9", (1, 2))] }),
            Case(
                "a line that somebody else shipped in part spans parcels", "T1: 1×1+ 2×1",
                [outbound("WO1", "T1", goods("A", 1), goods("B", 1))], order: { $0.packages = [package("T9", (1, 1))] }),
            Case(
                "too many", "hold quantity_mismatch line 1: 1 too many", whole, order: { $0.lines[0].cancelledQuantity = 1 }),
            Case(
                "too many, accepted: what is left", "T1: 1×1 2×1", whole,
                record: { $0.acceptedHolds = [Hold(.quantityMismatch, facts: "line 1: 1 too many")] },
                order: { $0.lines[0].cancelledQuantity = 1 }),
            Case(
                "a package that names no line takes units all the same", "hold quantity_mismatch line 1: 2 too many", whole,
                order: { $0.packages = [OrderPackage(trackingNumber: "T9", items: [OrderPackage.Item(quantity: 2)])] }),
            Case("cancel requested", "hold cancel_requested ", whole, order: { $0.isCancelRequested = true }),
            Case(
                "cancel requested, accepted", "T1: 1×2 2×1", whole, record: { $0.acceptedHolds = [Hold(.cancelRequested)] },
                order: { $0.isCancelRequested = true }),
            Case("cancelled at DSCO", "hold cancelled_at_dsco ", whole, order: { $0.dscoStatus = .cancelled }),
        ])
    func neverTwice(_ item: Case) { expect(item) }

    private func sent(_ outbound: [OutboundOrder], order orderChange: (inout Order) -> Void = { _ in }) throws -> [Shipment] {
        let decided = ShipDecision.decide(
            record: record(order(change: orderChange), .acknowledged), listed: [], outbound: outbound,
            configuration: configuration { $0.ship.packages = .all }, now: moment)
        guard case .send(let shipments) = decided.decision else {
            Issue.record("\(decided.decision)")
            throw CancellationError()
        }
        return shipments
    }

    @Test("names the parcel by the order's final values")
    func finalValues() throws {
        let shipment = try #require(try sent(Self.whole).first)
        #expect(shipment.dscoOrderID == "1001" && shipment.poNumber == poNumber && shipment.outboundNumbers == ["WO1"])
        #expect(shipment.carrier == "FedEx" && shipment.method == "Home Delivery" && shipment.serviceLevelCode == "FEHD")
        #expect(shipment.warehouseCode == "WH01" && shipment.shipDate == moment)
        #expect(shipment.lines.map(\.dscoItemID) == ["item-1", "item-2"])
    }

    @Test("falls back to requested values, then to the outbound order's carrier and the service level")
    func fallbacks() throws {
        let requested = try sent(
            Self.whole,
            order: {
                $0.shipCarrier = ""
                $0.shipMethod = nil
                $0.requestedShipCarrier = "UPS"
                $0.requestedShipMethod = "Ground"
            })
        #expect(requested.first?.carrier == "UPS" && requested.first?.method == "Ground")
        let bare = try sent(
            Self.whole,
            order: {
                $0.shipCarrier = nil
                $0.shipMethod = nil
                $0.shippingServiceLevelCode = nil
                $0.requestedShippingServiceLevelCode = "UPCG"
                $0.shipWarehouseCode = nil
                for index in $0.lines.indices { $0.lines[index].warehouseCode = "WH07" }
            })
        #expect(bare.first?.carrier == "FEDEX" && bare.first?.method == "UPCG" && bare.first?.serviceLevelCode == "UPCG")
        #expect(bare.first?.warehouseCode == "WH07")
    }

    @Test("dates a parcel by its last outbound order, document before stock flow")
    func dates() throws {
        let later = moment.addingTimeInterval(60)
        let shipments = try sent([
            outbound("WO1", "T1", goods("A", 2), delivered: nil, stockDelivered: moment),
            outbound("WO2", "T1", goods("B", 1), delivered: later, stockDelivered: moment.addingTimeInterval(600)),
        ])
        #expect(shipments.map(\.shipDate) == [later])
    }

    @Test("keeps what was shipped for the invoice, whether sent, held or found")
    func fulfilment() throws {
        let rows = [row("g1", 6, currency: "CAD", total: 20), row("g2", 6, total: 5)]
        let held = ShipDecision.decide(
            record: record(order(), .acknowledged), listed: rows, outbound: Self.halves, configuration: configuration(),
            now: moment)
        let kept = try #require(held.learned.fulfilment)
        #expect(kept.shipments.map(\.trackingNumber) == ["T1", "T2"])
        #expect(kept.goods.map(\.outboundNumber) == ["WO1", "WO2"])
        #expect(kept.lingXingCurrency == "CAD" && kept.lingXingTotal == 25)
        #expect(held.learned.trackingNumbers == ["T1", "T2"])

        let found = ShipDecision.decide(
            record: record(order { $0.packages = [package("T1", (1, 2), (2, 1))] }, .acknowledged), listed: [],
            outbound: Self.whole,
            configuration: configuration(), now: moment)
        let shipment = try #require(found.learned.fulfilment?.shipments.first)
        #expect(shipment.lines.map(\.quantity) == [2, 1] && shipment.outboundNumbers == ["WO1"])
        #expect(found.learned.fulfilment?.goods.map(\.quantity) == [2, 1])
    }

    @Test("knows nothing of a merged row's total")
    func mergedTotal() {
        let decided = ShipDecision.decide(
            record: record(order(), .acknowledged), listed: [row("g1", 6, platform: [poNumber, "PO-2"], total: 99)],
            outbound: Self.whole,
            configuration: configuration(), now: moment)
        #expect(decided.learned.fulfilment?.lingXingTotal == nil)
    }
}
