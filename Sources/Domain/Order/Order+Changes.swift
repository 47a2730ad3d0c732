import FoundationEssentials

/// What DSCO changed about an order, in words for its timeline and without personal data.
extension Order {
    /// What LingXing was given and cannot be told again: where the goods go and how many of them. After push a person has to carry it over.
    package func changesToCarryOver(since old: Order) -> [String] {
        var changes: [String] = []
        if shipping.destination != old.shipping.destination { changes.append("address") }
        guard lines.count == old.lines.count else { return changes + ["\(old.lines.count) → \(lines.count) lines"] }
        for index in lines.indices {
            if lines[index].msku != old.lines[index].msku { changes.append("\(label(index)): another item") }
            let (before, after) = (old.lines[index].wantedUnits, lines[index].wantedUnits)
            if before != after { changes.append("\(label(index)): \(before) → \(after) units") }
        }
        return changes
    }

    /// Whether DSCO moved its own stock figures meanwhile: it gives back what is cancelled, and takes off what is added (DSCO contract 7).
    package func movesStock(since old: Order) -> Bool {
        func taken(_ order: Order) -> [TakenUnits] {
            order.lines.map { line in
                TakenUnits(
                    sku: line.sku, warehouseCode: order.warehouseCode ?? line.warehouseCode,
                    units: order.dscoStatus == .cancelled ? 0 : line.wantedUnits)
            }
        }
        return taken(self) != taken(old)
    }

    /// The SKUs whose figures the order moves, as stock knows them.
    package var stockSKUs: Set<String> { Set(lines.compactMap { $0.sku?.nonBlank }) }

    private struct TakenUnits: Hashable {
        var sku: String?
        var warehouseCode: String?
        var units: Int
    }

    /// Everything about it that people and stages care for.
    package func changes(since old: Order) -> [String] {
        func moved<Value: Equatable>(_ name: String, _ place: KeyPath<Order, Value>, _ word: (Value) -> String?) -> String? {
            let (before, after) = (old[keyPath: place], self[keyPath: place])
            return before == after ? nil : "\(name) \(word(before) ?? "none") → \(word(after) ?? "none")"
        }
        var changes = [
            moved("status", \.dscoStatus) { $0?.rawValue }, moved("lifecycle", \.lifecycle) { $0?.rawValue },
            moved("PO number", \.poNumber) { $0 }, moved("retailer", \.retailerID) { $0 },
            moved("warehouse", \.warehouseCode) { $0 }, moved("service level", \.serviceLevel) { $0 },
        ].compactMap { $0 }
        if isCancelRequested != old.isCancelRequested {
            changes.append(isCancelRequested ? "cancel requested" : "cancel request withdrawn")
        }
        changes += changesToCarryOver(since: old)
        if lines.map(\.prices) != old.lines.map(\.prices) { changes.append("prices") }
        let known = Set(old.packages.map(\.trackingNumber.parcelKey))
        let added = packages.map(\.trackingNumber).filter { !known.contains($0.parcelKey) }
        if !added.isEmpty { changes.append("packages \(added.facts)") }
        let shown = Set(packages.map(\.trackingNumber.parcelKey))
        let gone = old.packages.map(\.trackingNumber).filter { !shown.contains($0.parcelKey) }
        if !gone.isEmpty { changes.append("packages gone \(gone.facts)") }
        return changes
    }
}

extension OrderLine {
    /// Units that the retailer still wants of the line.
    fileprivate var wantedUnits: Int { max(0, quantity - max(0, cancelledQuantity)) }

    fileprivate var prices: [Decimal?] { [consumerPriceWithTax, consumerPrice, retailPrice, expectedCost] }
}

extension ShippingAddress {
    /// Where the parcel goes, however DSCO spells it: a phone or an e-mail does not change it.
    fileprivate var destination: [String?] {
        [receiver, countryCode, city, line1, line2, region ?? state, postalCode].map { $0?.nonBlank?.lowercased() }
    }
}
