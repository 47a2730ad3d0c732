import FoundationEssentials

/// The staff review, pick and ship; each delay depends on the seed and the order's number alone.
extension LingXingWorld {
    func planStaff(_ index: Int, at now: Date) {
        let order = orders[index]
        let delay = pace(order.platformOrderNo, 1) * settings.reviewDelay
        switch order.plan {
        case .cancel: schedule.plan(.cancel(order: index), at: now.addingTimeInterval(delay))
        case .delete: schedule.plan(.delete(order: index), at: now.addingTimeInterval(delay))
        // An msku without a local SKU stays in review until somebody pairs it.
        case _ where !order.isPaired: break
        default: schedule.plan(.review(order: index), at: now.addingTimeInterval(delay))
        }
    }

    /// 0.5 to 1.5.
    private func pace(_ number: String, _ salt: UInt64) -> Double {
        0.5 + SplitMix64.fraction(seed: seed, number, salt)
    }

    func review(_ index: Int, at date: Date) {
        guard orders[index].status == .toReview, !orders[index].deleted, orders[index].isPaired else { return }
        if orders[index].wid == nil {
            orders[index].wid = world.localWarehouses.first?.wid
            orders[index].typeID = world.logisticsTypes.first { $0.wid == orders[index].wid }?.id
            lockStock(index)
        }
        switch orders[index].plan {
        case .splitRows: splitRow(index, at: date)
        default: break
        }
        let parts = orders[index].plan == .splitOutbounds ? Self.halves(orders[index].items) : [orders[index].items]
        approve(index, parts: parts, at: date)
    }

    private func approve(_ index: Int, parts: [[LingXingOrder.Item]], at date: Date) {
        orders[index].status = .toShip
        orders[index].reviewed = date
        touch(index, at: date)
        for items in parts where !items.isEmpty {
            let number = unique()
            orders[index].outbounds.append(outbounds.count)
            outbounds.append(
                Outbound(
                    id: 3_400_001 + outbounds.count, number: "WO\(number)", order: index, wid: orders[index].wid ?? 0,
                    created: date,
                    updated: date, items: items))
            let outbound = outbounds.count - 1
            let delay =
                pace("\(orders[index].platformOrderNo)/\(outbound - (orders[index].outbounds.first ?? 0))", 2)
                * settings.shipDelay
            schedule.plan(.label(outbound: outbound), at: date.addingTimeInterval(delay * 0.4))
            if orders[index].plan == .intercept {
                schedule.plan(.intercept(outbound: outbound), at: date.addingTimeInterval(delay * 0.6))
            } else {
                schedule.plan(.ship(outbound: outbound), at: date.addingTimeInterval(delay))
            }
        }
    }

    /// The label is bought: a tracking number long before the goods leave (LingXing contract 8.3).
    func label(_ index: Int, at date: Date) {
        guard outbounds[index].status == .ordering else { return }
        outbounds[index].status = .toShip
        outbounds[index].tracking = "7946\(String(10_000_000 + Int(SplitMix64.mix(seed) % 1000) * 10_000 + index).suffix(8))"
        outbounds[index].updated = date
        touch(outbounds[index].order, at: date)
    }

    func ship(_ index: Int, at date: Date) {
        guard outbounds[index].status == .ordering || outbounds[index].status == .toShip else { return }
        label(index, at: date)
        let order = outbounds[index].order
        outbounds[index].status = .shipped
        outbounds[index].delivered = date
        outbounds[index].updated = date
        unlockStock(outbounds[index].items, wid: outbounds[index].wid, backOnShelf: false)
        if orders[order].outbounds.allSatisfy({ outbounds[$0].status == .shipped || outbounds[$0].status == .intercepted }) {
            orders[order].status = .shipped
            orders[order].delivered = date
        }
        touch(order, at: date)
    }

    /// The outbound order is stopped and the order goes back to review; it ships with another outbound order.
    func intercept(_ index: Int, at date: Date) {
        guard outbounds[index].status != .shipped, outbounds[index].status != .intercepted else { return }
        let order = outbounds[index].order
        outbounds[index].status = .intercepted
        outbounds[index].updated = date
        orders[order].status = .toReview
        orders[order].plan = .ship
        touch(order, at: date)
        schedule.plan(
            .review(order: order), at: date.addingTimeInterval(pace(orders[order].platformOrderNo, 3) * settings.reviewDelay))
    }

    func cancel(_ index: Int, at date: Date) {
        guard orders[index].status == .toReview, !orders[index].deleted else { return }
        orders[index].status = .cancelled
        orders[index].cancelled = date
        releaseStock(index)
        touch(index, at: date)
    }

    func delete(_ index: Int, at date: Date) {
        guard orders[index].status == .toReview || orders[index].status == .cancelled else { return }
        orders[index].deleted = true
        releaseStock(index)
        touch(index, at: date)
    }

    /// Moves half of the units to a second row of the same platform order (LingXing contract 8.2, cardinality).
    func splitRow(_ index: Int, at date: Date) {
        let halves = Self.halves(orders[index].items)
        guard halves.count == 2, orders[index].status == .toReview else { return }
        orders[index].items = halves[0]
        orders[index].split = true
        orders[index].plan = .ship
        let first = orders[index]
        var second = LingXingOrder(
            globalNo: unique(), storeID: first.storeID, platformOrderNo: first.platformOrderNo, sent: first.sent, plan: .ship,
            wid: first.wid,
            typeID: first.typeID, items: halves[1], created: first.created, visible: first.visible, updated: date)
        second.split = true
        second.stockLocked = first.stockLocked
        add(second)
        schedule.plan(.review(order: orders.count - 1), at: date)
    }

    /// Two shares of the units; one share when there is a single unit.
    private static func halves(_ items: [LingXingOrder.Item]) -> [[LingXingOrder.Item]] {
        if items.count > 1 { return [Array(items.prefix(items.count / 2)), Array(items.dropFirst(items.count / 2))] }
        guard var first = items.first, first.quantity > 1 else { return [items] }
        var second = first
        second.quantity = first.quantity / 2
        first.quantity -= second.quantity
        return [[first], [second]]
    }
}
