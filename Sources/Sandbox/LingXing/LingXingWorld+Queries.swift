import FoundationEssentials

extension LingXingWorld {
    struct ListQuery: Sendable {
        var numbers: [String]?
        var stores: [String]?
        var status: Int?
        var includesDeleted: Bool
        /// Open at both ends (LingXing contract 8.2).
        var window: (type: String, start: Int, end: Int)?
    }

    /// A row of order management with what belongs to it.
    struct ListRow: Sendable {
        let order: LingXingOrder
        let outbounds: [Outbound]
    }

    func list(_ query: ListQuery, offset: Int, length: Int) -> (rows: [ListRow], total: Int) {
        let now = advance()
        var found: [Int] = []
        if let numbers = query.numbers {
            // A merged order goes by several of the numbers, and is shown once.
            found = Set(numbers.flatMap { indexesByNumber[$0] ?? [] }).sorted()
        } else if let (type, start, end) = query.window {
            if type == "update_time" {
                for index in updatedAt.indices where updatedAt[index] > start && updatedAt[index] < end { found.append(index) }
            } else {
                found = orders.indices.filter { index in
                    guard let time = time(type, of: orders[index]) else { return false }
                    return time > start && time < end
                }
            }
        }
        found = found.filter { index in
            let order = orders[index]
            return order.visible <= now && (query.includesDeleted || !order.deleted)
                && (query.status.map { $0 == order.status.rawValue } ?? true)
                && (query.stores.map { $0.contains(order.storeID) } ?? true)
        }
        // Newest first, so that an order which arrives between two pages moves the others on.
        found.sort { (updatedAt[$0], $0) > (updatedAt[$1], $1) }
        let page = LingXingGateway.slice(found, offset: offset, length: length)
        return (
            page.map { index in ListRow(order: orders[index], outbounds: orders[index].outbounds.map { outbounds[$0] }) },
            found.count
        )
    }

    private func time(_ type: String, of order: LingXingOrder) -> Int? {
        switch type {
        case "global_delivery_time", "delivery_time": order.delivered.map { Int($0.timeIntervalSince1970) }
        case "global_purchase_time", "global_payment_time": order.sent[type]?.integer ?? Int(order.created.timeIntervalSince1970)
        default: nil
        }
    }

    struct OutboundQuery: Sendable {
        var platformNumbers: [String]?
        var orderNumbers: [String]?
        var outboundNumbers: [String]?
        var shops: [Int]?
        var statuses: [Int]?
        var timeType: String
        /// From 00:00 of this day in UTC+8.
        var start: Date?
        /// Up to 00:00 of this day: the bound is not stated, this is the reading that loses a day at a careless boundary.
        var end: Date?
    }

    struct OutboundRow: Sendable {
        let outbound: Outbound
        let order: LingXingOrder
        /// The parts of each item, for bundles.
        let parts: [[(localSKU: String, count: Int)]]
    }

    func outbounds(_ query: OutboundQuery, offset: Int, length: Int) -> (rows: [OutboundRow], total: Int) {
        let now = advance()
        let candidates: [Int] =
            if let numbers = query.platformNumbers {
                Set(numbers.flatMap { indexesByNumber[$0] ?? [] }).flatMap { orders[$0].outbounds }.sorted()
            } else if let numbers = query.orderNumbers {
                Set(numbers).compactMap { Int($0) }.compactMap { indexByGlobalNo[$0] }.flatMap { orders[$0].outbounds }.sorted()
            } else {
                Array(outbounds.indices)
            }
        // Without dates: what was made within a month (LingXing contract 8.3).
        let start = query.start ?? now.addingTimeInterval(-31 * 86400)
        let end = query.end ?? .distantFuture
        let found = candidates.filter { index in
            let outbound = outbounds[index]
            let order = orders[outbound.order]
            let time: Date? =
                switch query.timeType {
                case "delivered_at", "stock_delivered_at": outbound.delivered
                case "update_at": outbound.updated
                default: outbound.created
                }
            guard let time, time >= start, time < end, order.visible <= now else { return false }
            return (query.shops.map { $0.contains(Int(order.storeID) ?? 0) } ?? true)
                && (query.statuses.map { $0.contains(outbound.status.rawValue) } ?? true)
                && (query.outboundNumbers.map { $0.contains(outbound.number) } ?? true)
        }
        let page = LingXingGateway.slice(found.reversed(), offset: offset, length: length)
        let rows = page.map { index in
            OutboundRow(
                outbound: outbounds[index], order: orders[outbounds[index].order],
                parts: outbounds[index].items.map { $0.localSKU.map(parts) ?? [] })
        }
        return (rows, found.count)
    }

    // MARK: What the product may ask the staff for

    /// Marks orders as not to be shipped; says which it could not and why (LingXing contract 8.5).
    func cancelOrders(_ numbers: [String], path: String) -> [(number: String, text: String)] {
        let now = advance()
        return numbers.compactMap { number in
            guard let index = Int(number).flatMap({ indexByGlobalNo[$0] }), !orders[index].deleted else {
                return (number, "订单不存在！")
            }
            if faults.draw(.refuseRow, .lingxing, path) != nil {
                effects.refused("fault")
                return (number, "系统繁忙，请稍后再试")
            }
            switch orders[index].status {
            case .toReview:
                cancel(index, at: now)
                effects.count(\.cancelledInLingXing)
                return nil
            case .toShip: return (number, "订单已审核，请先截单")
            case .shipped: return (number, "订单已发货")
            case .cancelled:
                effects.duplicateAttempt("cancelled_twice", "LingXing order \(number)")
                return (number, "订单已取消")
            }
        }
    }

    /// Stops the outbound orders of these orders, which go back to review and stay there.
    func interceptOrders(_ numbers: [String]) -> [(number: String, text: String)] {
        let now = advance()
        return numbers.compactMap { number in
            guard let index = Int(number).flatMap({ indexByGlobalNo[$0] }) else { return (number, "单号不存在") }
            guard orders[index].status == .toShip, !orders[index].outbounds.contains(where: { outbounds[$0].status == .shipped })
            else {
                return (number, "该单号不可截单")
            }
            for outbound in orders[index].outbounds where outbounds[outbound].status != .intercepted {
                outbounds[outbound].status = .intercepted
                outbounds[outbound].updated = now
            }
            orders[index].status = .toReview
            touch(index, at: now)
            return nil
        }
    }

    func reviewOrders(_ numbers: [String]) -> [(number: String, text: String)] {
        let now = advance()
        return numbers.compactMap { number in
            guard let index = Int(number).flatMap({ indexByGlobalNo[$0] }) else { return (number, "订单不存在！") }
            guard orders[index].isPaired else { return (number, "商品未配对") }
            guard orders[index].wid != nil else { return (number, "未设置仓库;未设置物流") }
            guard orders[index].status == .toReview else { return (number, "订单状态不可审核") }
            review(index, at: now)
            return nil
        }
    }

    // MARK: What tests and demos ask for

    /// The rows that a platform order number or a system order number names.
    func find(_ number: String) -> [Int] {
        indexesByNumber[number] ?? Int(number).flatMap { indexByGlobalNo[$0] }.map { [$0] } ?? []
    }

    /// What is here under a platform order number.
    func summary(_ number: String) -> [OrderSummary] {
        (indexesByNumber[number] ?? []).map { index in
            let order = orders[index]
            let parcels = order.outbounds.map { outbounds[$0] }.filter { !$0.tracking.isEmpty }
            return OrderSummary(
                globalNo: order.globalNo, status: order.status.rawValue, isDeleted: order.deleted, sent: order.sent,
                trackingNumbers: parcels.map(\.tracking),
                shippedTrackingNumbers: parcels.filter { $0.status == .shipped }.map(\.tracking))
        }
    }

    /// A row of order management, as far as tests and demos ask for it.
    struct OrderSummary: Sendable {
        let globalNo: Int
        let status: Int
        let isDeleted: Bool
        /// The order as it was sent.
        let sent: Wire
        let trackingNumbers: [String]
        /// Of goods that have left: neither labels that wait nor intercepted ones.
        let shippedTrackingNumbers: [String]
    }
}
