/// Finds the order lines that goods are of (design 1, which SKU goes to DSCO).
struct LineMatching: Sendable {
    let order: Order
    /// `mapping.sku`, DSCO to LingXing.
    let skus: [String: String]

    /// By `seller_sku` = the msku we pushed, then by `sku` through the reverse mapping, then by the same name; the first rule that finds
    /// a line counts. Lines come in their order, so that goods of one SKU fill one line after the other.
    func lines(for product: OutboundOrder.Product) -> [Int] {
        let sellerSKU = product.sellerSKU?.nonBlank
        let sku = product.sku?.nonBlank
        let rules: [(OrderLine) -> Bool] = [
            { line in sellerSKU != nil && line.msku == sellerSKU },
            { line in sku != nil && line.names.contains { skus[$0] == sku } },
            { line in
                // A name that is mapped elsewhere means another product in LingXing.
                line.names.contains { $0 == sellerSKU || ($0 == sku && (skus[$0] == nil || skus[$0] == sku)) }
            },
        ]
        for rule in rules {
            let found = order.lines.indices.filter { rule(order.lines[$0]) }
            if !found.isEmpty { return found }
        }
        return []
    }
}

extension OrderLine {
    fileprivate var names: [String] { [sku, partnerSKU].compactMap { $0?.nonBlank } }
}

/// Goods given to lines.
struct Assignment: Sendable {
    struct Part: Sendable, Hashable {
        var goods: ShippedGoods
        var line: Int
        var quantity: Int
    }

    private(set) var parts: [Part] = []
    /// Units that were shipped beyond what their first line has left.
    private(set) var excess: [Int: Int] = [:]
    private(set) var unmatched: Set<String> = []
    /// What the lines still lack.
    private(set) var missing: OrderUnits

    /// Goods that can be of one line only go first, then the others fill what is left, in line order.
    init(_ goods: [ShippedGoods], to units: OrderUnits) {
        missing = units
        for item in goods.filter({ $0.lines.count == 1 }) + goods.filter({ $0.lines.count != 1 }) {
            guard let first = item.lines.first else {
                if !item.isShared { unmatched.insert(item.label) }
                continue
            }
            let (taken, rest) = missing.take(item.quantity, from: item.lines)
            parts += taken.map { Part(goods: item, line: $0.line, quantity: $0.quantity) }
            if rest > 0, !item.isShared { excess[first, default: 0] += rest }
        }
    }
}
