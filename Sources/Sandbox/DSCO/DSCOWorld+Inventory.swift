import FoundationEssentials

extension DSCOWorld {
    /// Refuses stock figures, or sets them (DSCO contract 7).
    func stock(_ row: Wire, at date: Date) -> String? {
        let sku = row["sku"]?.text ?? ""
        let warehouses = row["warehouses"]?.elements ?? []
        let available = row["quantityAvailable"]?.integer ?? 0
        let codes = warehouses.compactMap { $0["code"]?.text }
        for code in codes where world.warehouse(code: code)?.active != true {
            effects.violation("stock_unknown_warehouse", "\(sku): \(code)")
            return "Unknown warehouse code \(code), please create it"
        }
        guard Set(codes).count == codes.count else {
            effects.violation("stock_warehouse_twice", sku)
            return "A warehouse is named twice"
        }
        let sum = warehouses.reduce(0) { $0 + ($1["quantity"]?.integer ?? 0) }
        guard sum == available else {
            effects.violation("stock_sum", "\(sku): quantityAvailable \(available) is not \(sum)")
            return "quantityAvailable is not the sum of the warehouses"
        }
        if inventory[sku] == nil {
            guard ["upc", "ean", "gtin"].contains(where: { row[$0] != nil }) else {
                return refuse("stock_unknown_sku", "one of upc, ean or gtin is required for a new SKU")
            }
            inventory[sku] = ItemStock(product: nil, sku: sku, quantities: [:], status: "in-stock", updated: date)
        }
        for (code, quantity) in inventory[sku]?.quantities ?? [:] where quantity > 0 && !codes.contains(code) {
            effects.violation("stock_warehouse_left_out", "\(sku): \(code) still has \(quantity)")
        }
        for warehouse in warehouses {
            inventory[sku]?.quantities[warehouse["code"]?.text ?? ""] = warehouse["quantity"]?.integer ?? 0
        }
        // In the end the quantity decides about the status (DSCO contract 7).
        let asked = row["status"]?.text ?? "in-stock"
        inventory[sku]?.status =
            switch asked {
            case "in-stock" where available == 0: "out-of-stock"
            case "out-of-stock" where available > 0, "discontinued" where available > 0: "in-stock"
            default: asked
            }
        inventory[sku]?.updated = date
        effects.count(\.inventoryUpdates)
        return nil
    }

    // MARK: Change logs

    func log(_ kind: LogKind, requestID: String) -> (rows: [ChangeLog.Row], completed: Bool)? {
        let now = advance()
        return logs[kind]?.rows(of: requestID, now: now)
    }

    func log(_ kind: LogKind, from start: Date, to end: Date) -> [ChangeLog.Row] {
        _ = advance()
        return logs[kind]?.rows(from: start, to: end) ?? []
    }

    /// The first page of `rows`, and the id of the rest when there is any.
    func beginLogScroll(_ kind: LogKind, _ rows: [ChangeLog.Row]) -> (rows: [ChangeLog.Row], scrollID: String?) {
        guard rows.count > settings.logPage else { return (rows, nil) }
        let id = unique()
        let now = clock.now()
        let first = logs[kind]?.scrolls.begin(id, rows, page: settings.logPage, life: settings.scrollLife, now: now)
        return (first ?? [], id)
    }

    func nextLogPage(_ kind: LogKind, _ scrollID: String) -> [ChangeLog.Row]? {
        let now = advance()
        return logs[kind]?.scrolls.next(scrollID, life: settings.scrollLife, now: now)
    }
}
