package import FoundationEssentials

/// What ship does with an order at status 3 (design 6, ship).
package enum ShipDecision {
    /// - Parameters:
    ///   - record: with a fresh payload: its packages and cancellations decide what may still be sent.
    ///   - listed: LingXing's rows for the order's outgoing number; empty when they were not looked up.
    ///   - outbound: LingXing's outbound orders for it.
    package static func decide(
        record: OrderRecord, listed: [LingXingOrder], outbound: [OutboundOrder], configuration: RuntimeConfiguration, now: Date
    ) -> Decided<Shipment> {
        guard let identity = record.identity(configuration) else {
            return Decided(.hold(Hold(.shopUnmapped, facts: record.order.retailerID ?? "")))
        }
        if let hold = record.sharedNumberHold(identity) { return Decided(.hold(hold)) }
        let parcels = OrderParcels(
            record, identity, outbound: outbound, listed: listed, configuration: configuration, now: now)
        let rows = record.ownRows(listed, identity)
        var learned = Learned()
        if !parcels.trackingNumbers.isEmpty {
            learned.trackingNumbers = Set(record.trackingNumbers + parcels.trackingNumbers).sorted()
        }

        let isDone = parcels.units.total == 0 || record.order.lifecycle == .completed
        if isDone, parcels.areAllOurs, !parcels.told.isEmpty {
            learned.fulfilment = parcels.fulfilment(parcels.told, rows)
            return Decided(.advance(note: "DSCO has every parcel already"), learned)
        }
        if let hold = record.cancellationHold { return Decided(.hold(hold), learned) }
        if isDone {
            return Decided(.hold(Hold(.completedAtDSCO, facts: record.order.packages.map(\.trackingNumber).facts)), learned)
        }

        if !parcels.fresh.excess.isEmpty {
            let facts = parcels.fresh.excess.map { "\(record.order.label($0)): \($1) too many" }.facts
            if let hold = record.raised(.quantityMismatch, facts) { return Decided(.hold(hold), learned) }
        }
        guard parcels.fresh.missing.total == 0 else {
            var decided = Decided(incomplete(record, parcels, rows), learned)
            decided.isImminent = rows.areShownShipped
            return decided
        }

        learned.fulfilment = parcels.fulfilment(parcels.shipments, rows)
        if parcels.trackingNumbers.count > 1, configuration.ship.packages == .single,
            let hold = record.raised(.multiplePackages, parcels.trackingNumbers.facts)
        {
            return Decided(.hold(hold), learned)
        }
        return Decided(.send(parcels.new), learned)
    }

    /// What was shipped of an order by all that is known, for an invoice whose order lacks its fulfilment; `nil` when nothing is known.
    package static func fulfilment(
        of record: OrderRecord, listed: [LingXingOrder], outbound: [OutboundOrder], configuration: RuntimeConfiguration, now: Date
    ) -> Fulfilment? {
        guard let identity = record.identity(configuration) else { return nil }
        let parcels = OrderParcels(
            record, identity, outbound: outbound, listed: listed, configuration: configuration, now: now)
        guard !parcels.shipments.isEmpty else { return nil }
        return parcels.fulfilment(parcels.shipments, record.ownRows(listed, identity))
    }

    /// Units are still lacking: a person is needed when LingXing will not send them, else time.
    private static func incomplete(_ record: OrderRecord, _ parcels: OrderParcels, _ rows: [LingXingOrder]) -> Decision<Shipment>
    {
        if !parcels.fresh.unmatched.isEmpty {
            return .hold(Hold(.lineUnidentified, facts: parcels.fresh.unmatched.facts))
        }
        let present = rows.filter { !$0.isDeleted }
        let cancelled = present.filter { $0.status == .cancelled }
        if !cancelled.isEmpty, let hold = record.raised(.cancelledInLingXing, cancelled.numbers.facts) { return .hold(hold) }
        if present.isEmpty, !rows.isEmpty, let hold = record.raised(.deletedInLingXing, rows.numbers.facts) { return .hold(hold) }
        // Somebody else has shipped units that LingXing's staff are about to ship.
        if !parcels.areAllOurs, let hold = record.raised(.partlyShippedElsewhere, parcels.foreign.facts) { return .hold(hold) }
        return .wait(parcels.shipments.isEmpty && !rows.areShownShipped ? .notShipped : .partlyShipped)
    }
}

extension OrderParcels {
    /// What the row keeps for the invoice, with LingXing's own currency and total. A merged row's total is of other orders too.
    fileprivate func fulfilment(_ shipments: [Shipment], _ rows: [LingXingOrder]) -> Fulfilment {
        let live = rows.filter { !$0.isDeleted && $0.status != .cancelled }
        let totals = live.map { $0.platformOrderNos.count == 1 ? $0.total : nil }
        return Fulfilment(
            shipments: shipments.sorted { $0.trackingNumber < $1.trackingNumber }, goods: goods,
            lingXingCurrency: live.lazy.compactMap { $0.currency?.nonBlank }.first ?? record.fulfilment?.lingXingCurrency,
            lingXingTotal: totals.isEmpty || totals.contains(nil)
                ? record.fulfilment?.lingXingTotal : Money.rounded(Money.sum(totals.compactMap { $0 })))
    }
}

extension [LingXingOrder] {
    /// Whether LingXing shows all that it means to send as shipped, so that the outbound rows still lacking are about to come.
    fileprivate var areShownShipped: Bool {
        let present = filter { !$0.isDeleted }
        return !present.isEmpty && present.allSatisfy { $0.status == .shipped || $0.status == .cancelled }
    }
}
