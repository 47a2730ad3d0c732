import FoundationEssentials

/// Units that left the warehouse for an order, as one outbound order lists them.
struct ShippedGoods: Sendable, Hashable {
    var outbound: OutboundOrder
    var trackingNumber: String
    /// The order lines that the units may be of, in line order; empty when they match none.
    var lines: [Int]
    var quantity: Int
    /// The goods for people and facts.
    var label: String
    /// From a row that serves several platform orders and does not say whose the goods are: more than we need is somebody else's.
    var isShared: Bool
}

extension ShippedGoods {
    /// The goods of the order among LingXing's outbound orders (design 6, ship): rows of the order's store and number that left, with a
    /// tracking number, bundles counted once, goods of other orders in a merged row left out.
    static func gather(
        _ record: OrderRecord, _ identity: OutgoingIdentity, outbound: [OutboundOrder], listed: [LingXingOrder],
        configuration: RuntimeConfiguration
    ) -> [ShippedGoods] {
        let matching = LineMatching(order: record.order, skus: configuration.mapping.sku)
        var foreign = ForeignNeeds(listed, number: identity.number)
        return identity.own(outbound)
            .filter { $0.hasLeft(configuration.ship) }
            .sorted { ($0.trackingNumber ?? "", $0.number) < ($1.trackingNumber ?? "", $1.number) }
            .flatMap { row -> [ShippedGoods] in
                guard let trackingNumber = row.trackingNumber?.nonBlank else { return [] }
                return row.countedProducts(matching).compactMap { product in
                    if let number = product.platformOrderNo, number != identity.number { return nil }
                    let isShared = row.platformOrderNos.count > 1 && product.platformOrderNo == nil
                    let quantity = isShared ? foreign.remainder(of: product, in: row) : product.quantity
                    return ShippedGoods(
                        outbound: row, trackingNumber: trackingNumber, lines: matching.lines(for: product),
                        quantity: UnitLimit.clamped(quantity),
                        label: product.sellerSKU ?? product.sku ?? "goods without a SKU", isShared: isShared)
                }
            }
    }
}

extension OutgoingIdentity {
    /// The outbound orders of this order, each once: paging repeats rows (LingXing contract 11.12).
    func own(_ outbound: [OutboundOrder]) -> [OutboundOrder] {
        var seen: Set<String> = []
        return outbound.filter {
            $0.storeID == storeID && $0.platformOrderNos.contains(number) && seen.insert($0.number).inserted
        }
    }
}

extension OutboundOrder {
    /// A tracking number alone proves nothing: labels are bought before shipping, and intercepted rows keep theirs. One that cannot be a
    /// key of the ledger is none.
    func hasLeft(_ rules: RuntimeConfiguration.Ship) -> Bool {
        guard let tracking = trackingNumber?.nonBlank, tracking.isUsableName, number.isUsableName, status != .intercepted else {
            return false
        }
        return !rules.requireShippedStatus || (status == .shipped && shipDate != nil)
    }

    /// Bundles or their parts, never both: the bundle where an order line is the bundle, else its parts (LingXing contract 8.3).
    func countedProducts(_ matching: LineMatching) -> [Product] {
        let bundles = Dictionary(
            products.filter { $0.bundleType == .bundle }.compactMap { bundle in bundle.lineID.map { ($0, bundle) } },
            uniquingKeysWith: { first, _ in first })
        let hasBundles = products.contains { $0.bundleType == .bundle }
        let parents = Set(products.filter { $0.bundleType == .part }.compactMap(\.bundleLineID))
        func isCountedByParts(_ bundle: Product) -> Bool {
            guard let id = bundle.lineID, parents.contains(id), matching.lines(for: bundle).isEmpty else { return false }
            return products.contains { $0.bundleType == .part && $0.bundleLineID == id && !matching.lines(for: $0).isEmpty }
        }
        return products.filter { product in
            switch product.bundleType {
            case .plain: true
            case .bundle: !isCountedByParts(product)
            case .part: product.bundleLineID.flatMap { bundles[$0] }.map(isCountedByParts) ?? !hasBundles
            }
        }
    }
}

/// What other platform orders still need from a system order that was merged with ours. Their units are counted first, so ours are
/// complete only when the parcel holds enough for all: too late by a parcel rather than wrong by one.
private struct ForeignNeeds {
    private var items: [String: [LingXingOrder.Item]] = [:]

    init(_ listed: [LingXingOrder], number: String) {
        for row in listed where row.platformOrderNos.count > 1 {
            items[row.globalOrderNo] = row.items.filter { $0.platformOrderNo != nil && $0.platformOrderNo != number }
        }
    }

    /// What is left of the product for us.
    mutating func remainder(of product: OutboundOrder.Product, in row: OutboundOrder) -> Int {
        var rest = UnitLimit.clamped(product.quantity)
        for index in (items[row.globalOrderNo] ?? []).indices {
            guard let item = items[row.globalOrderNo]?[index], item.isSame(as: product) else { continue }
            let share = min(rest, UnitLimit.clamped(item.quantity))
            rest -= share
            items[row.globalOrderNo]?[index].quantity -= share
        }
        return rest
    }
}

extension LingXingOrder.Item {
    fileprivate func isSame(as product: OutboundOrder.Product) -> Bool {
        if let msku, let sellerSKU = product.sellerSKU { return msku == sellerSKU }
        return localSKU != nil && localSKU == product.sku
    }
}
