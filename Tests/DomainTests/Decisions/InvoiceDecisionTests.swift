import FoundationEssentials
import Testing

@testable import Domain

@Suite("Invoice")
struct InvoiceDecisionTests {
    private func decided(
        _ fulfilment: Fulfilment?, configure: (inout RuntimeConfiguration) -> Void = { _ in },
        record change: (inout OrderRecord) -> Void = { _ in }, order orderChange: (inout Order) -> Void = { _ in }
    ) -> InvoiceDecision.Answer {
        let record = DomainTests.record(DomainTests.order(change: orderChange), .shipped) {
            $0.fulfilment = fulfilment
            change(&$0)
        }
        return InvoiceDecision.decide(record: record, configuration: configuration(configure), now: moment)
    }

    private func sent(_ answer: InvoiceDecision.Answer) throws -> [Invoice] {
        guard case .decided(let decided) = answer, case .send(let invoices) = decided.decision else {
            Issue.record("\(answer)")
            throw CancellationError()
        }
        return invoices
    }

    private let whole = Fulfilment(shipments: [shipment("T1", (1, 2), (2, 1))])

    @Test("bills what was shipped under the order's outgoing number")
    func wholeOrder() throws {
        let invoice = try #require(
            try sent(
                decided(
                    whole,
                    order: {
                        $0.lines[0].expectedCost = Decimal(string: "54.005")
                        $0.lines[1].expectedCost = Decimal(string: "12.5")
                    })
            ).first)
        #expect(invoice.key == "order" && invoice.invoiceID == poNumber)
        #expect(invoice.dscoOrderID == "1001" && invoice.poNumber == poNumber)
        #expect(invoice.invoiceDate == moment && invoice.currency == "USD" && invoice.trackingNumber == "T1")
        #expect(invoice.lines.map(\.quantity) == [2, 1])
        #expect(invoice.lines.map(\.unitPrice) == [Decimal(string: "54.01"), Decimal(string: "12.5")])
        #expect(invoice.lines.map(\.trackingNumber) == ["T1", "T1"])
        #expect(invoice.lines.map(\.sku) == ["A", "B"] && invoice.lines.map(\.dscoItemID) == ["item-1", "item-2"])
        #expect(invoice.totalAmount == Decimal(string: "120.52"))
    }

    @Test("adds its lines up to its total to the cent, whatever the prices", arguments: 1...60)
    func totals(seed: Int) throws {
        var generator = SeededGenerator(state: UInt64(seed))
        let lines = (1...5).map { number in
            line(
                number, "S\(number)", Int.random(in: 1...99, using: &generator),
                cost: Decimal(Int.random(in: 0...9_999_999, using: &generator)) / 1000)
        }
        let fulfilment = Fulfilment(shipments: [
            Shipment(
                dscoOrderID: nil, poNumber: poNumber, trackingNumber: "T1", outboundNumbers: [], shipDate: moment,
                lines: lines.map { Shipment.Line($0.name, quantity: $0.quantity) })
        ])
        let invoice = try #require(try sent(decided(fulfilment, order: { $0.lines = lines })).first)
        let sum = invoice.lines.reduce(Decimal(0)) { $0 + Decimal($1.quantity) * $1.unitPrice }
        #expect(invoice.totalAmount == sum)
        #expect(invoice.totalAmount == Money.rounded(invoice.totalAmount))
        #expect(invoice.lines.allSatisfy { $0.unitPrice == Money.rounded($0.unitPrice) })
    }

    @Test("takes the first price present of its own list, 0 included")
    func prices() throws {
        let invoice = try #require(
            try sent(
                decided(
                    whole, configure: { $0.invoice.unitPrice = [.retailPrice, .expectedCost] },
                    order: { $0.lines[0].retailPrice = 0 })
            ).first)
        #expect(invoice.lines.map(\.unitPrice) == [0, 10] && invoice.totalAmount == 10)
    }

    @Test(
        "bills in the order's currency, else LingXing's, else US dollars",
        arguments: [("EUR", "CAD", "EUR"), (nil, "CAD", "CAD"), (" ", nil, "USD")] as [(String?, String?, String)])
    func currency(order: String?, lingXing: String?, billed: String) throws {
        var fulfilment = whole
        fulfilment.lingXingCurrency = lingXing
        #expect(try sent(decided(fulfilment, order: { $0.currency = order })).map(\.currency) == [billed])
    }

    private let twoParcels = Fulfilment(
        shipments: [shipment("T1", (1, 1), outbound: ["WO1", "WO2"]), shipment("T2", (1, 1), (2, 1), outbound: ["WO2"])],
        goods: [
            Fulfilment.Goods(outboundNumber: "WO1", trackingNumber: "T1", line: LineName(lineNumber: 1), quantity: 1),
            Fulfilment.Goods(outboundNumber: "WO2", trackingNumber: "T2", line: LineName(lineNumber: 1), quantity: 1),
            Fulfilment.Goods(outboundNumber: "WO2", trackingNumber: "T2", line: LineName(lineNumber: 2), quantity: 1),
        ])

    @Test("bills several parcels of an order on one invoice, a line a parcel")
    func perOrder() throws {
        let invoice = try #require(try sent(decided(twoParcels)).first)
        #expect(invoice.lines.map(\.trackingNumber) == ["T1", "T2", "T2"])
        #expect(invoice.lines.map(\.quantity) == [1, 1, 1] && invoice.totalAmount == 30)
    }

    @Test("bills an invoice an outbound order when configured")
    func perOutbound() throws {
        let invoices = try sent(decided(twoParcels, configure: { $0.invoice.per = .outbound }))
        #expect(invoices.map(\.key) == ["WO1", "WO2"])
        #expect(invoices.map(\.invoiceID) == ["PO-1-WO1", "PO-1-WO2"])
        #expect(invoices.map(\.totalAmount) == [10, 20])
    }

    @Test(
        "keeps the way of the first invoice, whatever the configuration says now",
        arguments: [("PO-1", ["PO-1"]), ("PO-1-WO1,PO-1-WO2", ["PO-1-WO1", "PO-1-WO2"])])
    func fixedWay(before: String, ids: [String]) throws {
        for per in RuntimeConfiguration.Invoice.Per.allCases {
            let invoices = try sent(decided(twoParcels, configure: { $0.invoice.per = per }, record: { $0.invoiceID = before }))
            #expect(invoices.map(\.invoiceID) == ids)
        }
    }

    @Test("leaves lines without units out and asks a person about what it cannot bill")
    func holds() throws {
        #expect(try sent(decided(Fulfilment(shipments: [shipment("T1", (1, 2), (2, 0))]))).first?.lines.count == 1)
        let hold = { (hold: Hold) in InvoiceDecision.Answer.decided(Decided(.hold(hold))) }
        #expect(decided(nil) == .needsFulfilment)
        #expect(decided(Fulfilment(shipments: [])) == hold(Hold(.noUnitsLeft)))
        #expect(decided(Fulfilment(shipments: [shipment("T1", (9, 1))])) == hold(Hold(.lineUnidentified, facts: "line 9")))
        #expect(decided(whole, order: { $0.lines[1].expectedCost = nil }) == hold(Hold(.priceMissing, facts: "line 2")))
        let accepted = decided(
            whole, record: { $0.acceptedHolds = [Hold(.priceMissing, facts: "line 2")] },
            order: { $0.lines[1].expectedCost = nil })
        #expect(accepted == hold(Hold(.priceMissing, facts: "line 2")))
    }

    @Test("shows by how much LingXing's total differs")
    func difference() throws {
        var fulfilment = whole
        fulfilment.lingXingTotal = Decimal(string: "29.5")
        #expect(try Invoice.difference(sent(decided(fulfilment)), to: fulfilment) == Decimal(string: "-0.5"))
        #expect(try Invoice.difference(sent(decided(whole)), to: whole) == nil)
    }
}

/// SplitMix64: a run can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
