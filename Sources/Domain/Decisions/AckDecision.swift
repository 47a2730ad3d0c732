package import FoundationEssentials

/// What ack does with an order at status 2 (design 6, ack).
package enum AckDecision {
    /// - Parameters:
    ///   - listed: LingXing's rows for the order's outgoing number, deleted ones included.
    ///   - settling: how late, in seconds, LingXing may show an order that it took.
    package static func decide(
        record: OrderRecord, listed: [LingXingOrder], configuration: RuntimeConfiguration, now: Date, settling: TimeInterval
    ) -> Decided<Acknowledgement> {
        guard let identity = record.identity(configuration) else {
            return Decided(.hold(Hold(.shopUnmapped, facts: record.order.retailerID ?? "")))
        }
        if let hold = record.sharedNumberHold(identity) { return Decided(.hold(hold)) }
        let rows = record.ownRows(listed, identity)
        let present = rows.filter { !$0.isDeleted }
        var learned = Learned()
        learned.identity = identity
        if !present.isEmpty { learned.lingXingOrderNumbers = present.numbers }
        if let hold = record.cancellationHold { return Decided(.hold(hold), learned) }
        // Somebody else has shipped units that LingXing's staff are about to ship.
        let ours = Set((record.trackingNumbers + record.shipmentsUnderWay.map(\.trackingNumber)).map(\.parcelKey))
        let packages = record.order.packages.map(\.trackingNumber).filter { !ours.contains($0.parcelKey) }
        if record.order.lifecycle != .completed, !packages.isEmpty,
            let hold = record.raised(.partlyShippedElsewhere, packages.facts)
        {
            return Decided(.hold(hold), learned)
        }

        let cancelled = present.filter { $0.status == .cancelled }
        if !cancelled.isEmpty, let hold = record.raised(.cancelledInLingXing, cancelled.numbers.facts) {
            return Decided(.hold(hold), learned)
        }
        let live = present.filter { $0.status != .cancelled }
        guard !live.isEmpty else {
            let isSettling = now < record.statusSince.addingTimeInterval(settling)
            let facts = Set(rows.numbers).union(record.lingXingOrderNumbers).facts
            if cancelled.isEmpty, !isSettling, let hold = record.raised(.deletedInLingXing, facts) {
                return Decided(.hold(hold), learned)
            }
            return Decided(.wait(.notReviewed), learned)
        }
        guard live.allSatisfy({ configuration.ack.statuses.contains($0.rawStatus) }) else {
            // Not to be reviewed any more, but stopped.
            let isDone = record.order.lifecycle == .completed
            return Decided(isDone ? .hold(Hold(.completedAtDSCO, facts: packages.facts)) : .wait(.notReviewed), learned)
        }
        // A person let it go on all the same, but there is nothing left to acknowledge.
        if record.order.isCancelledAtDSCO { return Decided(.hold(Hold(.completedAtDSCO)), learned) }
        if record.order.isAcknowledgedAtDSCO {
            return Decided(.advance(note: "DSCO counts the order as acknowledged already"), learned)
        }

        let ourNumber = live.numbers.first
        // A purchase order number that several orders share would acknowledge the wrong one (design 1).
        guard identity.idType == .poNumber, record.isNumberShared else {
            return Decided(
                .send([Acknowledgement(id: identity.number, type: identity.idType, supplierOrderNumber: ourNumber)]), learned)
        }
        guard let id = record.order.dscoOrderID else {
            return Decided(.hold(Hold(.poNumberShared, facts: identity.number)), learned)
        }
        return Decided(.send([Acknowledgement(id: id, type: .dscoOrderID, supplierOrderNumber: ourNumber)]), learned)
    }
}

extension Order {
    /// By lifecycle; where that is unreadable, the old status says as much (DSCO contract 3.4). Cancelling an order completes it too, but
    /// acknowledges nothing.
    package var isAcknowledgedAtDSCO: Bool {
        switch lifecycle {
        case .acknowledged: true
        case .completed: !isCancelledAtDSCO
        case .received, .created: false
        case nil: dscoStatus == .shipmentPending || dscoStatus == .shipped
        }
    }
}
