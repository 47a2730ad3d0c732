extension OrderRecord {
    /// The hold, unless a person has accepted exactly these facts and the reason is one that a release may waive (design 6).
    func raised(_ reason: HoldReason, _ facts: String = "") -> Hold? {
        let hold = Hold(reason, facts: facts)
        return reason.isWaivable && accepts(hold) ? nil : hold
    }

    /// What DSCO says about the order that stops every stage: cancelled, or the retailer asks to cancel.
    var cancellationHold: Hold? {
        if order.isCancelledAtDSCO, let hold = raised(.cancelledAtDSCO) { return hold }
        return order.isCancelRequested ? raised(.cancelRequested) : nil
    }

    /// An order that came past push by hand has no names of its own yet: under a number that another order carries it would be taken for
    /// that one (design 1).
    func sharedNumberHold(_ planned: OutgoingIdentity) -> Hold? {
        guard identity == nil, isNumberShared, planned.idType == .poNumber else { return nil }
        return Hold(.poNumberShared, facts: planned.number)
    }

    /// The rows of LingXing's list that are this order's.
    func ownRows(_ listed: [LingXingOrder], _ identity: OutgoingIdentity) -> [LingXingOrder] {
        listed.filter { $0.storeID == identity.storeID && $0.platformOrderNos.contains(identity.number) }
    }
}

extension Sequence<LingXingOrder> {
    /// The system order numbers in order, each once: a fingerprint that does not depend on LingXing's order of rows.
    var numbers: [String] { Set(map(\.globalOrderNo)).sorted() }
}

extension Sequence<String> {
    /// The words in order, each once, as the facts of a hold.
    var facts: String { Set(self).sorted().joined(separator: ",") }
}
