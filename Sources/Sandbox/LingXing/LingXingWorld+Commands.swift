import FoundationEssentials

/// What tests and demos make the staff do at once.
extension LingXingWorld {
    enum StaffCommand: String, CaseIterable {
        case cancel, delete, restore, review, label, relabel, ship, split
        /// The first parcel that has not left yet.
        case shipOne = "ship-one"
        /// The outbound orders are stopped; the order goes back to review.
        case intercept
    }

    /// False when no order has this number.
    func command(_ command: StaffCommand, _ number: String) -> Bool {
        let now = advance()
        let found = find(number)
        for index in found { carryOut(command, index, at: now) }
        return !found.isEmpty
    }

    private func carryOut(_ command: StaffCommand, _ index: Int, at now: Date) {
        switch command {
        case .cancel: cancel(index, at: now)
        case .delete: delete(index, at: now)
        case .restore: restore(index, at: now)
        case .review: review(index, at: now)
        case .split: splitRow(index, at: now)
        case .label:
            review(index, at: now)
            for outbound in orders[index].outbounds { label(outbound, at: now) }
        case .relabel: relabel(index, at: now)
        case .ship:
            review(index, at: now)
            for outbound in orders[index].outbounds { ship(outbound, at: now) }
        case .shipOne:
            review(index, at: now)
            let waiting = orders[index].outbounds.first { outbounds[$0].status == .ordering || outbounds[$0].status == .toShip }
            if let waiting { ship(waiting, at: now) }
        case .intercept: for outbound in orders[index].outbounds { intercept(outbound, at: now) }
        }
    }

    private func restore(_ index: Int, at date: Date) {
        orders[index].deleted = false
        if orders[index].status == .cancelled { orders[index].status = .toReview }
        orders[index].cancelled = nil
        lockStock(index)
        touch(index, at: date)
    }

    /// Another label, and so another tracking number, on parcels that have one, whether they have left or not.
    private func relabel(_ index: Int, at date: Date) {
        for outbound in orders[index].outbounds
        where !outbounds[outbound].tracking.isEmpty && outbounds[outbound].status != .intercepted {
            outbounds[outbound].tracking = "7947\(String(unique()).suffix(8))"
            outbounds[outbound].updated = date
        }
        touch(index, at: date)
    }

    /// Puts the goods of one order into another's, which then stands for both (LingXing contract 8.2, cardinality).
    func merge(_ number: String, into other: String) -> Bool {
        let now = advance()
        guard let first = find(other).first, let second = find(number).first, first != second,
            orders[first].status == .toReview, orders[second].status == .toReview,
            orders[first].storeID == orders[second].storeID
        else { return false }
        let guest = orders[second].platformOrderNo
        orders[first].merged.append(guest)
        orders[first].items += orders[second].items.map { item in
            var item = item
            item.platformOrderNo = guest
            return item
        }
        orders[second].items = []
        indexesByNumber[guest] = [first]
        indexByGlobalNo[orders[second].globalNo] = nil
        updatedAt[second] = 0
        book.noteMerged(Set(orders[first].platformOrderNos))
        touch(first, at: now)
        return true
    }
}
