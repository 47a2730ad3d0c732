import Domain
import FoundationEssentials

/// LingXing's rows for the order of `Samples`, each field now and then anything at all.
struct HostileRows {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func text(_ usual: String) -> String { random.oneIn(8) ? random.pick(Nasty.texts) : usual }

    private mutating func count(_ usual: Int) -> Int { random.oneIn(5) ? random.pick(Nasty.counts) : usual }

    private mutating func numbers() -> [String] {
        random.pick([["PO-1"], ["PO-1"], ["PO-1"], ["PO-1", "PO-2"], ["PO-1", "PO-1"], [], [text("PO-1")]])
    }

    private mutating func sku() -> String? { random.pick(["MSKU-A", "SKU-A", "SKU-B", "LX-B", nil, text("SKU-B")]) }

    private mutating func date() -> Date? {
        random.pick([Samples.noon, Samples.noon, nil, Date(timeIntervalSince1970: 1e15), Date(timeIntervalSince1970: -1e11)])
    }

    mutating func listed() -> [LingXingOrder] {
        (0..<random.below(4)).map { _ in
            LingXingOrder(
                globalOrderNo: text("1036\(random.below(3))"), storeID: text(Samples.store), platformOrderNos: numbers(),
                rawStatus: random.oneIn(6) ? random.pick(Nasty.counts) : random.pick([4, 5, 6, 6, 6, 7]),
                isDeleted: random.oneIn(8), updated: date(), delivered: date(), currency: text("USD"),
                total: random.pick([nil, 120, Decimal(string: "1e127"), .greatestFiniteMagnitude, Decimal.nan, -1]),
                items: (0..<random.below(4)).map { _ in
                    LingXingOrder.Item(
                        platformOrderNo: random.pick([nil, "PO-1", "PO-2"]), msku: sku(), localSKU: sku(), quantity: count(1))
                })
        }
    }

    /// Half of the time with a parcel that holds all of the order, so that something is sent; what comes beside it may still forbid it.
    mutating func outbound() -> [OutboundOrder] {
        guard random.oneIn(2) else { return anyOutbound() }
        let whole = OutboundOrder(
            number: "WO-W", globalOrderNo: "10360", platformOrderNos: ["PO-1"], storeID: Samples.store, rawStatus: 3,
            trackingNumber: text("T-9"), carrier: text("FEDEX"), delivered: date(), stockDelivered: Samples.noon,
            products: [
                OutboundOrder.Product(sku: nil, sellerSKU: "MSKU-A", quantity: count(2)),
                OutboundOrder.Product(sku: nil, sellerSKU: "SKU-B", quantity: 1),
            ])
        return random.oneIn(3) ? [whole] + anyOutbound() : [whole]
    }

    private mutating func anyOutbound() -> [OutboundOrder] {
        (0..<random.below(5)).map { index in
            OutboundOrder(
                number: text("WO\(random.pick([index, index, 0]))"), globalOrderNo: text("1036\(random.below(3))"),
                platformOrderNos: numbers(), storeID: text(Samples.store),
                rawStatus: random.oneIn(8) ? random.pick(Nasty.counts) : random.pick([3, 3, 3, 2, 4]),
                trackingNumber: random.pick([nil, "T-1", "T-1", " t-1 ", "T-2", "T-0", text("T-3")]), carrier: text("FEDEX"),
                delivered: date(), stockDelivered: date(),
                products: (0..<random.below(4)).map { line in
                    OutboundOrder.Product(
                        sku: sku(), sellerSKU: sku(), quantity: count(1 + random.below(2)),
                        bundleType: random.pick([.plain, .plain, .plain, .bundle, .part]),
                        lineID: random.pick([nil, "\(line)", "1"]), bundleLineID: random.pick([nil, "0", "1", "\(line)"]),
                        platformOrderNo: random.pick([nil, nil, "PO-1", "PO-2"]))
                })
        }
    }

    mutating func stock() -> [LingXingStockRow] {
        (0..<random.below(12)).map { _ in
            LingXingStockRow(
                wid: random.pick(["33328", "33329", text("1")]), sku: random.pick(["SKU-A", "LX-B", "SKU-B", text("SKU-C")]),
                available: count(random.below(20)))
        }
    }
}
