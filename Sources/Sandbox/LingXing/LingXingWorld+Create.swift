import FoundationEssentials

extension LingXingWorld {
    enum Creation: Sendable {
        case created(globalNo: Int)
        case failed(String)
    }

    /// Creates the orders of one call, each on its own (LingXing contract 8.1).
    func create(store: String, path: String, orders: [Wire]) -> [(number: String, result: Creation)] {
        let now = advance()
        return orders.map { order in
            let number = order["platform_order_no"]?.text ?? ""
            return (number, create(order, number: number, store: store, path: path, at: now))
        }
    }

    private func create(_ order: Wire, number: String, store: String, path: String, at now: Date) -> Creation {
        if faults.draw(.refuseRow, .lingxing, path) != nil {
            effects.refusedByFault([number])
            return .failed("系统繁忙，请稍后再试")
        }
        let same = (indexesByNumber[number] ?? []).filter { orders[$0].storeID == store }
        // Whether a deleted order blocks its number is unknown; here it does.
        if !same.isEmpty {
            effects.duplicateAttempt("created_twice", "\(number) in store \(store)")
            return .failed("平台单号重复")
        }
        let wid = order["wid"]?.text.flatMap { Int($0) }
        if let text = order["wid"]?.text, !world.localWarehouses.contains(where: { $0.wid == wid && !$0.deleted }) {
            effects.refused("create_warehouse")
            return .failed("仓库不存在 \(text)")
        }
        let typeID = order["logistics_type_id"]?.text
        if let typeID, !world.logisticsTypes.contains(where: { $0.id == typeID && ($0.providerType != 2 || $0.wid == wid) }) {
            effects.refused("create_logistics")
            return .failed("物流方式不可用 \(typeID)")
        }
        var items: [LingXingOrder.Item] = []
        for item in order["items"]?.elements ?? [] {
            let local = item["sku"]?.text
            if let local, world.productByLocalSKU[local] == nil {
                effects.refused("create_sku")
                return .failed("SKU不存在 \(local)")
            }
            let msku = item["msku"]?.text ?? ""
            items.append(
                LingXingOrder.Item(
                    id: unique(), msku: msku, localSKU: local ?? world.paired(msku, store: store),
                    quantity: item["quantity"]?.integer ?? 0,
                    price: item["unit_price"]?.text ?? item["unit_price"]?.digits ?? "0"))
        }
        let hidden = faults.draw(.hideEffect, .lingxing, path)?.seconds ?? settings.readDelay
        let globalNo = unique()
        noteEffect(number, store: store)
        add(
            LingXingOrder(
                globalNo: globalNo, storeID: store, platformOrderNo: number, sent: order, plan: book.plan(for: number), wid: wid,
                typeID: typeID, items: items, created: now, visible: now.addingTimeInterval(hidden), updated: now))
        lockStock(orders.count - 1)
        planStaff(orders.count - 1, at: now)
        return .created(globalNo: globalNo)
    }

    /// Counts the create; a DSCO order that is here twice, under whatever number or store, costs money.
    private func noteEffect(_ number: String, store: String) {
        effects.count(\.created)
        let known = book.orders(number)
        guard known.count == 1, let order = known.first else {
            if known.isEmpty { effects.violation("created_unknown_order", "\(number) is no order of DSCO's") }
            return
        }
        createdFor[order, default: 0] += 1
        if createdFor[order, default: 0] > 1 {
            effects.duplicate("order_created_twice", "order \(order) as \(number) in store \(store)")
        }
    }
}
