import FoundationEssentials

/// Holds what one partner was told of an order against what the other knows: whether each effect says the truth.
struct OrderComparison {
    let order: DSCOOrder
    let rows: [LingXingWorld.OrderSummary]
    let world: FixedWorld

    /// What does not agree, in words without personal data.
    var differences: [String] { Set(rows.flatMap(untruths)).sorted() + parcels }

    /// Whether LingXing was told to send the right goods, at the right price, to the right person.
    private func untruths(_ row: LingXingWorld.OrderSummary) -> [String] {
        let recipient = order.recipient
        let name = "\(recipient.first) \(recipient.last)"
        let fields: [(key: String, expected: String?)] = [
            ("receiver_name", name), ("receiver_country_code", recipient.country ?? "US"), ("city", recipient.city),
            ("address_line1", recipient.street(edits: order.edits)),
        ]
        let wrong = fields.filter { row.sent[$0.key]?.text != $0.expected }.map { "LingXing was told another \($0.key)" }
        return wrong + goods(row)
    }

    private func goods(_ row: LingXingWorld.OrderSummary) -> [String] {
        var expected: [String: Goods] = [:]
        for line in order.lines where line.quantity > line.cancelled {
            let product = world.products[line.product]
            expected[line.partnerSKU ?? product.sku, default: Goods()].add(
                line.quantity - line.cancelled, at: Decimal(order.unitCents(line, product) ?? 0) / 100)
        }
        var told: [String: Goods] = [:]
        for item in row.sent["items"]?.elements ?? [] {
            told[item["msku"]?.text ?? "", default: Goods()].add(
                item["quantity"]?.integer ?? 0, at: item["unit_price"]?.text.flatMap(Money.decimal) ?? -1)
        }
        return Set(expected.keys).union(told.keys).sorted().filter { expected[$0] != told[$0] }.map {
            "LingXing was told \(told[$0]?.text ?? "nothing") of \($0), DSCO orders \(expected[$0]?.text ?? "none")"
        }
    }

    private struct Goods: Equatable {
        var units = 0
        var total: Decimal = 0
        var text: String { "\(units) units for \(total)" }

        mutating func add(_ units: Int, at price: Decimal) {
            self.units += units
            total += Decimal(units) * price
        }
    }

    /// Whether the parcels that DSCO was told of are those that have left, by the way that was ordered.
    private var parcels: [String] {
        let told = order.packages.filter { !$0.foreign }
        guard !told.isEmpty else { return [] }
        let left = Set(rows.flatMap(\.shippedTrackingNumbers))
        let invented = Set(told.map(\.tracking)).subtracting(left).sorted().map { "DSCO was told of \($0), which has not left" }
        // Once nothing is left to ship, nothing that has left may be missing.
        let concealed =
            order.unitsLeft > 0
            ? [] : left.subtracting(told.map(\.tracking)).sorted().map { "DSCO was not told of \($0), which has left" }
        let code = world.levels[order.level].code
        let astray = told.filter { $0.level != code }.map {
            "DSCO was told of \($0.tracking) by \($0.level ?? "no way"), ordered was \(code)"
        }
        return invented + concealed + astray
    }
}
