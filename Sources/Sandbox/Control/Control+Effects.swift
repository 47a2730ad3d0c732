extension Control {
    /// Everything that the partners did and were asked for.
    func effectReport() async -> Wire {
        // Whatever is due happens first, so that the counts are up to date.
        _ = await dsco.advance()
        _ = await lingXing.advance()
        let stock = await stockComparison()
        let counts = effects.counts
        return [
            "lingxing": [
                "orders_created": .integer(counts.created), "orders_cancelled": .integer(counts.cancelledInLingXing),
            ],
            "dsco": [
                "acknowledged": .integer(counts.acknowledged), "shipped": .integer(counts.shipped),
                "invoiced": .integer(counts.invoiced),
                "inventory_updates": .integer(counts.inventoryUpdates),
            ],
            "duplicates": counts.duplicates.wire, "duplicate_attempts": counts.duplicateAttempts.wire,
            "violations": counts.violations.wire, "refusals": .counts(counts.refusals), "limited": .counts(counts.limited),
            "faults": .counts(faults.drawn), "calls": .counts(counts.calls),
            "bytes": ["received": .integer(counts.bytesReceived), "sent": .integer(counts.bytesSent)], "stock": stock,
        ]
    }

    /// Whether DSCO shows for each SKU and warehouse what LingXing can sell, less the units of open orders that LingXing
    /// does not know (design 6, stock).
    func stockComparison() async -> Wire {
        let numbers = await lingXing.indexesByNumber
        let open = await dsco.openUnits(without: numbers)
        let world = documents.world
        var differences: [Wire] = []
        for product in world.products where product.parts.isEmpty {
            guard let local = product.localSKU, let item = await dsco.item(sku: product.sku) else { continue }
            for warehouse in world.warehouses {
                guard let wid = warehouse.wid else { continue }
                let available = await lingXing.available(wid: wid, sku: local)
                let expected = max(0, available - open["\(product.sku)/\(warehouse.code)", default: 0])
                let shown = item.shown(warehouse.code)
                guard shown != expected else { continue }
                differences.append([
                    "sku": .string(product.sku), "warehouse": .string(warehouse.code), "dsco": .integer(shown),
                    "expected": .integer(expected),
                ])
            }
        }
        return ["equal": .bool(differences.isEmpty), "differences": .array(Array(differences.prefix(50)))]
    }
}

extension EffectLedger.Tally {
    var wire: Wire {
        ["total": .integer(total), "details": .array(details.map { ["rule": .string($0.rule), "what": .string($0.what)] })]
    }
}

extension DSCOWorld {
    /// Units by `sku/warehouse code` of orders that can still be shipped and that LingXing has under none of their numbers.
    func openUnits(without numbers: [String: [Int]]) -> [String: Int] {
        let now = advance()
        var units: [String: Int] = [:]
        for (index, order) in orders.enumerated() where order.lifecycle != .completed && order.visible <= now {
            guard order.scenario.movesStock, numbers[order.po] == nil, numbers[String(order.id)] == nil,
                let warehouse = order.warehouse
            else { continue }
            for line in order.lines.indices {
                units["\(world.products[order.lines[line].product].sku)/\(world.warehouses[warehouse].code)", default: 0] +=
                    orders[index].remaining(line)
            }
        }
        return units
    }
}
