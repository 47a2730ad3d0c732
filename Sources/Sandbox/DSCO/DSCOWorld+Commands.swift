import FoundationEssentials

extension DSCOWorld {
    /// What happens to an order without the pipeline: the retailer's doing, or that of a colleague in DSCO's portal.
    enum OrderCommand: String, CaseIterable {
        case cancel, edit, release
        case requestCancel = "request-cancel"
        case withdrawCancel = "withdraw-cancel"
        /// One unit less, or more, of the first line that has any.
        case cancelUnit = "cancel-unit"
        case addUnit = "add-unit"
        case addAddress = "add-address"
        case addPrice = "add-price"
        /// Another purchase order number.
        case renumber
        case portalAcknowledge = "portal-acknowledge"
        case portalCancel = "portal-cancel"
        /// Everything that is left, or one unit of it, under a tracking number that is not the pipeline's.
        case portalShip = "portal-ship"
        case portalShipUnit = "portal-ship-unit"
    }

    /// Makes it happen at once; false when there is no such order (by dscoOrderId or poNumber).
    func command(_ command: OrderCommand, _ id: String) -> Bool {
        let now = advance()
        let found = find(.dscoOrderID, id) + find(.poNumber, id)
        for index in found { carryOut(command, index, at: now) }
        return !found.isEmpty
    }

    private func carryOut(_ command: OrderCommand, _ index: Int, at now: Date) {
        switch command {
        case .cancel: retailerCancels(index, at: now)
        case .edit: edit(index, at: now)
        case .release: release(index, at: now)
        case .requestCancel: requestCancel(index, at: now)
        case .withdrawCancel:
            change(index, at: now) { order in
                order.cancelRequested = false
                for line in order.lines.indices { order.lines[line].cancelRequested = false }
            }
        case .cancelUnit: cancelUnit(index, at: now)
        case .addUnit:
            let before = orders[index]
            change(index, at: now) { $0.lines[0].quantity += 1 }
            takeStock(of: before) { $0.number == before.lines.first?.number ? 1 : 0 }
        case .addAddress: change(index, at: now) { $0.recipient.address1 = "1 Added St" }
        case .addPrice: change(index, at: now) { $0.isPriced = true }
        case .renumber: renumber(index, at: now)
        case .portalAcknowledge:
            guard orders[index].lifecycle == .created else { return }
            change(index, at: now) { $0.lifecycle = .acknowledged }
        case .portalCancel: cancelWhole(index, at: now)
        case .portalShip: shipElsewhere(index, everything: true, at: now)
        case .portalShipUnit: shipElsewhere(index, everything: false, at: now)
        }
    }

    private func cancelUnit(_ index: Int, at now: Date) {
        let before = orders[index]
        guard let line = before.lines.indices.first(where: { before.remaining($0) > 0 }) else { return }
        change(index, at: now) { order in
            order.lines[line].cancelled += 1
            if order.unitsLeft == 0 { order.lifecycle = .completed }
        }
        takeStock(of: before) { $0.number == before.lines[line].number ? -1 : 0 }
    }

    private func renumber(_ index: Int, at now: Date) {
        let old = orders[index].po
        let new = "\(old)-R"
        change(index, at: now) { $0.po = new }
        indexesByPO[old]?.removeAll { $0 == index }
        indexesByPO[new, default: []].append(index)
        book.note(new, ScenarioBook.Entry(dscoOrderID: orders[index].id, plan: orders[index].scenario.staff))
    }

    private func shipElsewhere(_ index: Int, everything: Bool, at now: Date) {
        let order = orders[index]
        let level = world.levels[order.level]
        var items: [DSCOOrder.Package.Item] = []
        for line in order.lines.indices where order.remaining(line) > 0 && (everything || items.isEmpty) {
            let units = everything ? order.remaining(line) : 1
            items.append(.init(line: order.lines[line].number, quantity: units, spans: units < order.lines[line].quantity))
        }
        guard !items.isEmpty else { return }
        let package = DSCOOrder.Package(
            id: 9_500_000 + (order.id % 1_000_000) * 10 + order.packages.count, tracking: "1Z\(order.id)\(order.packages.count)",
            carrier: level.carrier, method: level.method, level: level.code,
            warehouse: order.warehouse.map { world.warehouses[$0].code }, shipDate: Timestamps.dsco(now), items: items,
            foreign: true)
        change(index, at: now) { order in
            order.packages.append(package)
            order.lifecycle = order.unitsLeft == 0 ? .completed : .acknowledged
        }
    }
}
