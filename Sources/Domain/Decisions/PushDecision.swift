/// What push does with an order at status 1 (design 6, push).
package enum PushDecision {
    /// DSCO leaves the country out for orders within the United States (DSCO contract 3.3).
    package static let defaultCountry = "US"

    /// - Parameter listed: LingXing's rows for the order's outgoing number, deleted ones included.
    package static func decide(
        record: OrderRecord, listed: [LingXingOrder], configuration: RuntimeConfiguration
    ) -> Decided<NewLingXingOrder> {
        // What became of it in LingXing since, a cancellation too, is for the next stages to see.
        if record.isCreationConfirmed { return Decided(.advance(note: "LingXing has confirmed its creation")) }
        let order = record.order
        if let hold = record.cancellationHold { return Decided(.hold(hold)) }
        if order.lifecycle == .received { return Decided(.wait(.notReleased)) }
        if order.lifecycle == .completed { return Decided(.hold(Hold(.completedAtDSCO))) }
        let units = OrderUnits(of: order, underWay: record.shipmentsUnderWay)
        if units.total == 0 { return Decided(.hold(Hold(.noUnitsLeft))) }
        if order.isPartlyShipped, let hold = record.raised(.partlyShippedElsewhere, order.packages.map(\.trackingNumber).facts) {
            return Decided(.hold(hold))
        }

        guard let identity = record.identity(configuration) else {
            return Decided(.hold(Hold(.shopUnmapped, facts: order.retailerID ?? "")))
        }
        if let hold = record.sharedNumberHold(identity) { return Decided(.hold(hold)) }

        let rows = record.ownRows(listed, identity)
        var learned = Learned()
        learned.identity = identity
        let present = rows.filter { !$0.isDeleted }
        if !present.isEmpty { learned.lingXingOrderNumbers = present.numbers }
        let live = present.filter { $0.status != .cancelled }
        if !live.isEmpty {
            return Decided(.advance(note: "LingXing has the order already: \(live.numbers.joined(separator: ", "))"), learned)
        }
        if !rows.isEmpty {
            if let hold = record.raised(.deletedInLingXing, rows.numbers.facts) { return Decided(.hold(hold), learned) }
            // A number that LingXing still shows, cancelled, cannot be created again; a deleted one can at least be tried.
            if !present.isEmpty { return Decided(.advance(note: "a person took over LingXing's cancelled order"), learned) }
        }

        switch NewLingXingOrder.built(record, units: units, identity: identity, configuration: configuration) {
        case .success(let effect): return Decided(.send([effect]), learned)
        case .failure(let problem): return Decided(.hold(problem.hold), learned)
        }
    }

    /// The system order numbers by which LingXing shows that a create in doubt happened; empty where it shows nothing of it. What staff have
    /// deleted was made all the same, unless it was there before: an order with deleted rows is created again only when a person accepts
    /// them.
    package static func made(record: OrderRecord, identity: OutgoingIdentity, listed: [LingXingOrder]) -> [String] {
        let rows = record.ownRows(listed, identity)
        let present = rows.filter { !$0.isDeleted }
        if !present.isEmpty { return present.numbers }
        let accepted = record.acceptedHolds.filter { $0.reason == .deletedInLingXing }.flatMap { $0.facts.split(separator: ",") }
        return rows.filter { row in !accepted.contains { $0 == row.globalOrderNo } }.numbers
    }
}

extension Order {
    /// DSCO has packages of the order, or says that units have left: somebody else ships it.
    var isPartlyShipped: Bool { !packages.isEmpty || dscoStatus == .shipped }
}
