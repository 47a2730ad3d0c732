/// What could end a hold, besides a person, who always can.
package enum Cure: Sendable, Hashable, CaseIterable {
    case shopMapping, warehouseMapping, skuMapping, shipmentMapping
    case identity, pushPrices, invoicePrices, packages, cancelling
    /// A newer payload of the order from DSCO.
    case payload
    /// A change of the order in LingXing.
    case lingXing
}

extension HoldReason {
    package var cures: Set<Cure> {
        switch self {
        case .shopUnmapped: [.shopMapping, .payload]
        case .logisticsUnmapped: [.shipmentMapping, .warehouseMapping, .payload]
        case .addressIncomplete: [.payload]
        case .priceMissing: [.pushPrices, .invoicePrices, .payload]
        case .lineUnidentified: [.skuMapping, .payload]
        case .poNumberShared: [.identity, .payload]
        case .multiplePackages: [.packages, .payload, .lingXing]
        case .quantityMismatch: [.skuMapping, .payload, .lingXing]
        case .cancelledAtDSCO: [.cancelling, .payload]
        case .noUnitsLeft, .cancelRequested, .completedAtDSCO, .partlyShippedElsewhere: [.payload]
        case .cancelledInLingXing, .deletedInLingXing: [.lingXing]
        case .refusedByDSCO, .refusedByLingXing, .retriesExhausted, .inDoubt, .changedUnderWay, .byOperator: []
        }
    }

    /// Whether a release makes the stage go on in spite of these facts. Where it is false there is nothing the stage could do: no store,
    /// no address, no price, no unit; the hold comes back until its cause is gone.
    package var isWaivable: Bool {
        switch self {
        case .shopUnmapped, .addressIncomplete, .priceMissing, .lineUnidentified, .noUnitsLeft, .poNumberShared, .completedAtDSCO:
            false
        case .logisticsUnmapped, .cancelRequested, .cancelledAtDSCO, .partlyShippedElsewhere, .cancelledInLingXing,
            .deletedInLingXing,
            .multiplePackages, .quantityMismatch, .refusedByDSCO, .refusedByLingXing, .retriesExhausted, .inDoubt,
            .changedUnderWay,
            .byOperator:
            true
        }
    }

    /// The holds that a change of the configuration could cure: their orders are examined again (design 5). Where a hold's facts name what
    /// is missing, only the orders that lack exactly what was changed.
    package static func curable(by new: RuntimeConfiguration, after old: RuntimeConfiguration) -> Set<CurableHold> {
        func changed<Value: Equatable>(_ cure: Cure, _ place: KeyPath<RuntimeConfiguration, Value>) -> Cure? {
            old[keyPath: place] == new[keyPath: place] ? nil : cure
        }
        let cures: [Cure] = [
            changed(.skuMapping, \.mapping.sku), changed(.identity, \.identity), changed(.pushPrices, \.push.unitPrice),
            changed(.invoicePrices, \.invoice.unitPrice), changed(.packages, \.ship.packages),
            changed(.cancelling, \.push.cancelInLingXing),
        ].compactMap { $0 }
        var holds = Set(allCases.filter { !$0.cures.isDisjoint(with: cures) }.map { CurableHold($0) })
        for retailer in differences(new.mapping.shop, old.mapping.shop) {
            holds.insert(CurableHold(.shopUnmapped, facts: .equal(retailer)))
        }
        for route in differences(new.mapping.shipment, old.mapping.shipment) {
            holds.insert(CurableHold(.logisticsUnmapped, facts: .equal(route)))
        }
        for code in differences(new.mapping.warehouse, old.mapping.warehouse) {
            holds.insert(CurableHold(.logisticsUnmapped, facts: .beginning(logisticsRoute(code, nil))))
        }
        return holds
    }

    private static func differences(_ new: [String: String], _ old: [String: String]) -> [String] {
        Set(new.keys).union(old.keys).filter { new[$0] != old[$0] }
    }

    /// The holds that a refreshed payload could cure: those whose part of the order is not what it was (design 5).
    package static func curable(by new: Order, after old: Order) -> Set<HoldReason> {
        var reasons: Set<HoldReason> = []
        if new.retailerID != old.retailerID { reasons.insert(.shopUnmapped) }
        if new.warehouseCode != old.warehouseCode || new.serviceLevel != old.serviceLevel { reasons.insert(.logisticsUnmapped) }
        if new.shipping != old.shipping { reasons.insert(.addressIncomplete) }
        if new.lines != old.lines { reasons.formUnion([.priceMissing, .lineUnidentified]) }
        if new.lines != old.lines || new.packages != old.packages || new.lifecycle != old.lifecycle
            || new.dscoStatus != old.dscoStatus
        {
            reasons.formUnion([.noUnitsLeft, .completedAtDSCO, .partlyShippedElsewhere, .multiplePackages, .quantityMismatch])
        }
        if new.poNumber != old.poNumber { reasons.insert(.poNumberShared) }
        if old.isCancelRequested, !new.isCancelRequested { reasons.insert(.cancelRequested) }
        if old.isCancelledAtDSCO, !new.isCancelledAtDSCO { reasons.insert(.cancelledAtDSCO) }
        return reasons
    }
}

/// A kind of hold that could be over, narrowed to those with certain facts where these tell.
package struct CurableHold: Sendable, Hashable {
    package enum Facts: Sendable, Hashable {
        case any
        case equal(String)
        case beginning(String)
    }

    package var reason: HoldReason
    package var facts: Facts

    package init(_ reason: HoldReason, facts: Facts = .any) {
        self.reason = reason
        self.facts = facts
    }
}

/// How `mapping.shipment` names a warehouse and a service level, and how a hold for a lacking one does; the beginning of it without a level.
func logisticsRoute(_ warehouseCode: String, _ serviceLevel: String?) -> String { "\(warehouseCode)-\(serviceLevel ?? "")" }

extension WaitReason {
    /// The waits that a change of the configuration could end.
    package static func curable(by new: RuntimeConfiguration, after old: RuntimeConfiguration) -> Set<WaitReason> {
        var reasons: Set<WaitReason> = []
        let writes: [KeyPath<RuntimeConfiguration, Bool>] = [\.push.write, \.ack.write, \.ship.write, \.invoice.write]
        if writes.contains(where: { new[keyPath: $0] != old[keyPath: $0] }) { reasons.insert(.writeOff) }
        if new.ack.statuses != old.ack.statuses { reasons.insert(.notReviewed) }
        if new.ship.requireShippedStatus != old.ship.requireShippedStatus || new.mapping.sku != old.mapping.sku {
            reasons.formUnion([.notShipped, .partlyShipped])
        }
        return reasons
    }
}
