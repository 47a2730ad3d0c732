/// Local stock: several rows per warehouse and SKU, a deleted warehouse that still answers, parts of bundles
/// (LingXing contract 8.4).
extension LingXingWorld {
    static func firstStock(_ world: FixedWorld, seed: UInt64) -> [LocalStock] {
        var dice = SplitMix64(seed: seed ^ 0x5709C)
        var rows: [LocalStock] = []
        for warehouse in world.localWarehouses {
            for (index, product) in world.products.enumerated() {
                guard let sku = product.localSKU, !warehouse.deleted || index.isMultiple(of: 7) else { continue }
                let names = product.parts.isEmpty ? [sku] : product.parts.map(\.localSKU)
                for (part, name) in names.enumerated() {
                    let id = 10_001 + index * 10 + part
                    // Every thirteenth SKU is sold out in the second warehouse.
                    let valid = index % 13 == 5 && warehouse.wid == 33329 ? 0 : Int.random(in: 300...900, using: &dice)
                    rows.append(
                        LocalStock(
                            wid: warehouse.wid, productID: id, sku: name, seller: "0", valid: valid, bad: index % 3,
                            receiving: index % 5))
                    if index.isMultiple(of: 4) {
                        rows.append(
                            LocalStock(
                                wid: warehouse.wid, productID: id, sku: name, seller: world.retailers[0].storeID ?? "0",
                                valid: 5 + index % 9))
                    }
                }
            }
        }
        return rows
    }

    /// LingXing sets the units of an order aside as soon as it knows where they come from.
    func lockStock(_ index: Int) {
        guard let wid = orders[index].wid, !orders[index].stockLocked else { return }
        orders[index].stockLocked = true
        for (sku, units) in goods(orders[index].items) {
            move(units, wid: wid, sku: sku) {
                $0.valid -= $1; $0.locked += $1
            }
        }
    }

    func releaseStock(_ index: Int) {
        guard let wid = orders[index].wid, orders[index].stockLocked else { return }
        orders[index].stockLocked = false
        unlockStock(orders[index].items, wid: wid, backOnShelf: true)
    }

    /// Locked units leave the house, or go back on the shelf.
    func unlockStock(_ items: [LingXingOrder.Item], wid: Int, backOnShelf: Bool) {
        for (sku, units) in goods(items) {
            guard let row = stockIndexes["\(wid)/\(sku)"]?.first else { continue }
            stock[row].locked -= units
            if backOnShelf { stock[row].valid += units }
        }
    }

    private func move(_ units: Int, wid: Int, sku: String, _ body: (inout LocalStock, Int) -> Void) {
        guard let row = stockIndexes["\(wid)/\(sku)"]?.first else { return }
        body(&stock[row], units)
    }

    /// What really lies on the shelf: a bundle's parts.
    private func goods(_ items: [LingXingOrder.Item]) -> [(sku: String, units: Int)] {
        items.flatMap { item -> [(String, Int)] in
            guard let sku = item.localSKU else { return [] }
            let parts = parts(of: sku)
            return parts.isEmpty ? [(sku, item.quantity)] : parts.map { ($0.localSKU, $0.count * item.quantity) }
        }
    }

    func parts(of sku: String) -> [(localSKU: String, count: Int)] {
        world.productByLocalSKU[sku].map { world.products[$0].parts } ?? []
    }

    /// Units that can be sold, over all rows of a warehouse and SKU.
    func available(wid: Int, sku: String) -> Int {
        (stockIndexes["\(wid)/\(sku)"] ?? []).reduce(0) { $0 + max(0, stock[$1].valid) }
    }

    /// Sets what is available, for a test or a demo.
    func setAvailable(_ units: Int, wid: Int, sku: String) -> Bool {
        _ = advance()
        guard let rows = stockIndexes["\(wid)/\(sku)"], let first = rows.first else { return false }
        for row in rows { stock[row].valid = 0 }
        stock[first].valid = units
        return true
    }
}
