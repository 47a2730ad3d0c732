import FoundationEssentials

/// The stock figures of one SKU at DSCO.
struct ItemStock: Sendable {
    let product: Int?
    var sku: String
    /// By warehouse code.
    var quantities: [String: Int]
    var status: String
    var updated: Date

    /// What the warehouse is shown to have; below, oversold units are remembered, so that a cancellation gives back no more
    /// than was taken.
    func shown(_ code: String) -> Int {
        max(0, quantities[code] ?? 0)
    }

    var available: Int {
        quantities.keys.reduce(0) { $0 + shown($1) }
    }

    /// Takes units off one warehouse, or gives them back.
    mutating func take(_ units: Int, from code: String) {
        quantities[code]? -= units
    }
}

extension DSCOWorld {
    /// Before the first stock run the figures are wrong, so that the run has something to do.
    static func firstInventory(_ world: FixedWorld, at date: Date) -> [String: ItemStock] {
        var inventory: [String: ItemStock] = [:]
        for (index, product) in world.products.enumerated() {
            inventory[product.sku] = ItemStock(
                product: index, sku: product.sku, quantities: ["WH01": 1, "WH02": 0], status: "in-stock", updated: date)
        }
        return inventory
    }

    func item(sku: String) -> ItemStock? {
        _ = advance()
        return inventory[sku]
    }

    func item(key: String, _ value: String) -> ItemStock? {
        _ = advance()
        switch key {
        case "sku": return inventory[value]
        case "dscoItemId": return world.products.first { $0.dscoItemID == value }.flatMap { inventory[$0.sku] }
        case "upc": return world.products.first { $0.upc == value }.flatMap { inventory[$0.sku] }
        default: return nil
        }
    }
}
