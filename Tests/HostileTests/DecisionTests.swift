import DSCO
import Domain
import FoundationEssentials
import JSON
import Testing

@testable import Store

/// What the stages decide about mangled orders and mangled rows of LingXing. Whatever a decision sends obeys the rules; whatever it does
/// not send says why.
@Suite("Decisions over hostile data")
struct HostileDecisionTests {
    /// A case: the order as far as it can be read, and everything that LingXing says about it.
    private struct Case {
        let seed: UInt64
        let bytes: [UInt8]
        let order: Order
        let listed: [LingXingOrder]
        let outbound: [OutboundOrder]
        let configuration: RuntimeConfiguration

        init?(seed: UInt64) {
            var mutator = Mutator(seed: seed)
            // A third of the orders is whole, so that hostile rows meet stages that get as far as sending.
            var whole = Samples.order.object ?? [:]
            if seed % 4 != 0 { whole.set("packages", []) }
            let bytes = (mutator.random.oneIn(3) ? .object(whole) : mutator.mutated(.object(whole))).bytes()
            guard let order = try? DSCOOrderDecoder.decode(bytes) else { return nil }
            var rows = HostileRows(seed: seed)
            var configuration = Samples.configuration
            configuration.ship.packages = seed % 2 == 0 ? .all : .single
            configuration.ship.requireShippedStatus = seed % 3 != 0
            configuration.invoice.per = seed % 4 < 2 ? .order : .outbound
            self.seed = seed
            self.bytes = bytes
            self.order = order
            listed = rows.listed()
            outbound = rows.outbound()
            self.configuration = configuration
        }

        func record(_ status: OrderStatus, accepted: Bool = false) -> OrderRecord {
            var record = OrderRecord(order: order, status: status, statusSince: Samples.noon)
            if status > .pulled {
                record.identity = OutgoingIdentity(number: "PO-1", idType: .poNumber, storeID: Samples.store)
            }
            return record
        }

        var context: String { "seed \(seed): \(shown(bytes))\n\(outbound)" }
    }

    private static func cases(_ chunk: Int) -> some Sequence<Case> { Seeds.of(chunk, 200).lazy.compactMap(Case.init) }

    @Test("push sends what is left, at prices that are numbers, to an address; else it says why not", arguments: Seeds.chunks)
    func push(_ chunk: Int) async throws {
        var sent = 0
        for hostile in Self.cases(chunk) {
            await Seeds.breathe(hostile.seed)
            let decided = PushDecision.decide(
                record: hostile.record(.pulled), listed: hostile.seed % 2 == 0 ? [] : hostile.listed,
                configuration: hostile.configuration)
            guard case .send(let effects) = decided.decision else { continue }
            sent += 1
            check(effects.count == 1, hostile.context)
            for effect in effects {
                check(effect.items.map(\.quantity).reduce(0, +) == OrderUnits(of: hostile.order).total, hostile.context)
                check(effect.items.allSatisfy { $0.quantity > 0 && !$0.unitPrice.isNaN && $0.unitPrice >= 0 }, hostile.context)
                let texts =
                    [effect.receiverName, effect.city, effect.addressLine1, effect.platformOrderNo] + effect.items.map(\.msku)
                check(texts.allSatisfy { !$0.allSatisfy(\.isWhitespace) && !$0.utf8.contains(0) }, hostile.context)
                try Self.survives(effect, hostile.context)
            }
        }
        #expect(sent > 20)
    }

    @Test("ack names the order as it is fixed", arguments: Seeds.chunks)
    func ack(_ chunk: Int) async {
        for hostile in Self.cases(chunk) {
            await Seeds.breathe(hostile.seed)
            let decided = AckDecision.decide(
                record: hostile.record(.pushed), listed: hostile.listed, configuration: hostile.configuration, now: Samples.noon,
                settling: 60)
            guard case .send(let effects) = decided.decision else { continue }
            check(effects.map(\.id) == ["PO-1"], hostile.context)
            check(hostile.listed.contains { [5, 6].contains($0.rawStatus) && !$0.isDeleted }, hostile.context)
        }
    }

    @Test(
        "ship tells every remaining unit once, no parcel twice and none that DSCO has; invoice bills just that, to the cent",
        arguments: Seeds.chunks)
    func shipAndInvoice(_ chunk: Int) async throws {
        var sent = 0
        for hostile in Self.cases(chunk) {
            await Seeds.breathe(hostile.seed)
            let record = hostile.record(.acknowledged)
            let decided = ShipDecision.decide(
                record: record, listed: hostile.listed, outbound: hostile.outbound, configuration: hostile.configuration,
                now: Samples.noon)
            guard case .send(let shipments) = decided.decision else { continue }
            sent += 1
            try inspect(shipments, hostile)
            if let fulfilment = decided.learned.fulfilment {
                let text = LedgerCoding.text(fulfilment)
                let back: Fulfilment = try LedgerCoding.read(text, what: "a fulfilment")
                check(back.lingXingTotal == fulfilment.lingXingTotal, hostile.context)
            }

            var shipped = hostile.record(.shipped)
            shipped.fulfilment = decided.learned.fulfilment
            guard
                case .decided(let bill) = InvoiceDecision.decide(
                    record: shipped, configuration: hostile.configuration, now: Samples.noon),
                case .send(let invoices) = bill.decision
            else { continue }
            try inspect(invoices, of: shipped.fulfilment?.shipments ?? [], hostile)
        }
        #expect(sent > 20)
    }

    private func inspect(_ shipments: [Shipment], _ hostile: Case) throws {
        let numbers = shipments.map { $0.trackingNumber.uppercased().filter { !$0.isWhitespace } }
        check(Set(numbers).count == numbers.count && !numbers.contains(""), hostile.context)
        let atDSCO = Set(hostile.order.packages.map { $0.trackingNumber.uppercased().filter { !$0.isWhitespace } })
        check(atDSCO.isDisjoint(with: numbers), hostile.context)
        check(shipments.allSatisfy { $0.trackingNumber.isUsableName && !$0.lines.isEmpty }, hostile.context)
        check(shipments.allSatisfy { $0.lines.allSatisfy { $0.quantity > 0 } }, hostile.context)
        let units = shipments.flatMap(\.lines).reduce(0) { $0 + $1.quantity }
        check(units == OrderUnits(of: hostile.order).total, hostile.context)
        for shipment in shipments { try Self.survives(shipment, hostile.context) }
        _ = ShipmentBody.batches(shipments)
    }

    private func inspect(_ invoices: [Invoice], of shipments: [Shipment], _ hostile: Case) throws {
        let billed = invoices.flatMap(\.lines).reduce(0) { $0 + $1.quantity }
        check(billed == shipments.flatMap(\.lines).reduce(0) { $0 + $1.quantity }, hostile.context)
        check(Set(invoices.map(\.invoiceID)).count == invoices.count, hostile.context)
        for invoice in invoices {
            let sum = invoice.lines.reduce(Decimal(0)) { $0 + Decimal($1.quantity) * $1.unitPrice }
            check(!sum.isNaN && sum == invoice.totalAmount, hostile.context)
            check(invoice.lines.allSatisfy { $0.quantity > 0 && $0.unitPrice == Money.rounded($0.unitPrice) }, hostile.context)
            try Self.survives(invoice, hostile.context)
        }
        _ = InvoiceBody.batches(invoices)
    }

    @Test("pull decides about every order against every order", arguments: Seeds.chunks)
    func pull(_ chunk: Int) async {
        var former: Order?
        for hostile in Self.cases(chunk) {
            await Seeds.breathe(hostile.seed)
            _ = PullDecision.decide(order: hostile.order, known: nil)
            for status in OrderStatus.allCases {
                let known = KnownOrder(
                    status: status, hold: hostile.seed % 2 == 0 ? nil : Hold(.inDoubt), hasOpenSubmissions: hostile.seed % 3 == 0,
                    order: former)
                if case .refresh(.cancel, _, _) = PullDecision.decide(order: hostile.order, known: known) {
                    check(status == .pulled, hostile.context)
                }
            }
            former = hostile.order
        }
    }

    @Test("stock is never below zero, its sum is the sum, and what is pending comes off", arguments: Seeds.chunks)
    func stock(_ chunk: Int) async {
        let warehouses = ["33328", "33329"].map { LingXingWarehouse(wid: $0, name: "", isDeleted: false) }
        for hostile in Self.cases(chunk) {
            await Seeds.breathe(hostile.seed)
            var rows = HostileRows(seed: hostile.seed)
            let stock = rows.stock()
            let pending = StockPlan.pendingUnits(of: [hostile.order, hostile.order])
            var configuration = Samples.configuration
            configuration.stock.reserve = hostile.seed % 3 == 0 ? 1_000_000 : 0
            let levels = [
                "SKU-A": StockPlan.Level(confirmed: StockFigure(sku: "SKU-A", warehouses: [.init(code: "WH01", quantity: 3)]))
            ]
            let plan = StockPlan(
                rows: stock, warehouses: warehouses, levels: levels, pending: pending, underWay: [], configuration: configuration,
                now: Samples.noon)
            for figure in plan.figures {
                check(
                    figure.warehouses.allSatisfy { (0...UnitLimit.most).contains($0.quantity) }, "seed \(hostile.seed): \(stock)")
                check(figure.quantityAvailable == figure.warehouses.map(\.quantity).reduce(0, +), "seed \(hostile.seed)")
                check(Set(figure.warehouses.map(\.code)).count == figure.warehouses.count, "seed \(hostile.seed)")
                check(figure.sku.isUsableName && !figure.sku.isEmpty, "seed \(hostile.seed)")
            }
            check(Set(plan.figures.map(\.sku)).count == plan.figures.count, "seed \(hostile.seed)")
            check(
                plan.history.allSatisfy { (0...UnitLimit.most).contains($0.lingXingQuantity) }, "seed \(hostile.seed): \(stock)")
            _ = InventoryBody.batches(plan.figures)
        }
    }

    /// The ledger gives an effect back as it went in.
    private static func survives<Effect: PartnerEffect>(_ effect: Effect, _ context: String) throws {
        let text = LedgerCoding.text(effect)
        let back = try LedgerCoding.effect(text, as: Effect.self)
        check(LedgerCoding.text(back) == text, context)
    }

    // MARK: The smallest cases that failed

    private func record() throws -> OrderRecord {
        var record = OrderRecord(
            order: try DSCOOrderDecoder.decode(Samples.order.bytes()), status: .acknowledged, statusSince: Samples.noon)
        record.order.packages = []
        record.identity = OutgoingIdentity(number: "PO-1", idType: .poNumber, storeID: Samples.store)
        return record
    }

    private func outbound(_ number: String, _ tracking: String, platform: [String] = ["PO-1"], _ goods: (String, Int)...)
        -> OutboundOrder
    {
        OutboundOrder(
            number: number, globalOrderNo: "g1", platformOrderNos: platform, storeID: Samples.store, rawStatus: 3,
            trackingNumber: tracking, delivered: Samples.noon,
            products: goods.map { OutboundOrder.Product(sku: nil, sellerSKU: $0.0, quantity: $0.1) })
    }

    private func ship(_ outbound: [OutboundOrder], listed: [LingXingOrder] = []) throws -> Decision<Shipment> {
        ShipDecision.decide(
            record: try record(), listed: listed, outbound: outbound, configuration: Samples.configuration, now: Samples.noon
        ).decision
    }

    @Test("goods whose quantities overflow together are too many, not a crash")
    func overflowingGoods() throws {
        let decision = try ship([outbound("WO1", "T-1", ("MSKU-A", .max), ("MSKU-A", .max), ("SKU-B", .min))])
        guard case .hold(let hold) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(hold.reason == .quantityMismatch)
    }

    @Test("another order's negative units in a merged row add none to ours")
    func negativeForeignUnits() throws {
        let listed = LingXingOrder(
            globalOrderNo: "g1", storeID: Samples.store, platformOrderNos: ["PO-1", "PO-2"], rawStatus: 6,
            items: [.init(platformOrderNo: "PO-2", msku: "MSKU-A", localSKU: nil, quantity: .min)])
        let decision = try ship(
            [outbound("WO1", "T-1", platform: ["PO-1", "PO-2"], ("MSKU-A", 1), ("SKU-B", 1))], listed: [listed])
        #expect(decision == .wait(.partlyShipped))
    }

    @Test(
        "a tracking number that no index could hold, or with a control character, is none",
        arguments: [
            String(repeating: "7", count: 10_000), "T\0-1", "T\u{1B}[31m",
        ])
    func impossibleTracking(_ number: String) throws {
        #expect(try ship([outbound("WO1", number, ("MSKU-A", 2), ("SKU-B", 1))]) == .wait(.notShipped))
    }

    @Test("stock rows whose sum overflows are a figure, not a crash")
    func overflowingStock() {
        let rows = [("33328", Int.max), ("33328", .max), ("33329", .max), ("33329", .min)].map {
            LingXingStockRow(wid: $0.0, sku: "SKU-A", available: $0.1)
        }
        let plan = StockPlan(
            rows: rows, warehouses: ["33328", "33329"].map { LingXingWarehouse(wid: $0, name: "", isDeleted: false) },
            levels: [:],
            pending: [], underWay: [], configuration: Samples.configuration, now: Samples.noon)
        #expect(plan.figures.first?.warehouses.map(\.quantity) == [UnitLimit.most, 0])
    }
}
