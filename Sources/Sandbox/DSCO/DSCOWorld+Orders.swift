import FoundationEssentials

extension DSCOWorld {
    /// Orders arrive; Dsco takes their units off its stock figures by itself (DSCO contract 7).
    func create(_ request: OrderRequest) -> [DSCOOrder] {
        let now = advance()
        var factory = OrderFactory(world: world, seed: request.seed)
        let created = now.addingTimeInterval(-request.age)
        var added: [DSCOOrder] = []
        for scenario in factory.scenarios(request) {
            let late = scenario == .surfacesLate ? 20.0 : 0
            let order = factory.order(
                scenario, sequence: orders.count + 1, created: created, visible: created.addingTimeInterval(late))
            add(order)
            added.append(order)
            switch scenario {
            case .cancelledSoon: schedule.plan(.cancel(order: orders.count - 1), at: now.addingTimeInterval(settings.cancelDelay))
            case .received: schedule.plan(.release(order: orders.count - 1), at: now.addingTimeInterval(settings.releaseDelay))
            default: break
            }
        }
        return added
    }

    private func add(_ order: DSCOOrder) {
        let index = orders.count
        orders.append(order)
        indexByID[order.id] = index
        indexesByPO[order.po, default: []].append(index)
        createdAt.append(order.created.timeIntervalSince1970)
        updatedAt.append(order.updated.timeIntervalSince1970)
        let entry = ScenarioBook.Entry(dscoOrderID: order.id, plan: order.scenario.staff)
        book.note(order.po, entry)
        book.note(String(order.id), entry)
        if order.lifecycle != .completed { takeStock(of: order) { $0.quantity - $0.cancelled } }
    }

    /// Dsco takes the units of an order off its figures by itself, and gives them back (DSCO contract 7).
    func takeStock(of order: DSCOOrder, units: (DSCOOrder.Line) -> Int) {
        guard order.scenario.movesStock, let warehouse = order.warehouse else { return }
        for line in order.lines {
            inventory[world.products[line.product].sku]?.take(units(line), from: world.warehouses[warehouse].code)
        }
    }

    /// Changes an order; reads go on to show the former state for a moment, or as long as a fault says.
    func change(_ index: Int, at date: Date, hiddenFor hidden: Double? = nil, _ body: (inout DSCOOrder) -> Void) {
        let until = date.addingTimeInterval(hidden ?? settings.readDelay)
        if let shadow = shadows[index], shadow.until > date {
            shadows[index] = (max(shadow.until, until), shadow.order)
        } else {
            shadows[index] = (until, orders[index])
        }
        body(&orders[index])
        orders[index].updated = date
        updatedAt[index] = date.timeIntervalSince1970
    }

    /// What reads show of the order now; nil before it surfaces.
    func shown(_ index: Int, now: Date) -> DSCOOrder? {
        if let shadow = shadows[index] {
            if shadow.until > now { return shadow.order.visible <= now ? shadow.order : nil }
            shadows[index] = nil
        }
        return orders[index].visible <= now ? orders[index] : nil
    }

    /// The retailer cancels: at once while the order is not acknowledged, else it can only ask (DSCO contract 3.4).
    func retailerCancels(_ index: Int, at date: Date) {
        guard orders[index].lifecycle == .created || orders[index].lifecycle == .received else {
            return requestCancel(index, at: date)
        }
        cancelWhole(index, at: date)
    }

    func cancelWhole(_ index: Int, at date: Date) {
        let before = orders[index]
        change(index, at: date) { order in
            order.cancelledWhole = true
            order.lifecycle = .completed
            for line in order.lines.indices { order.lines[line].cancelled = order.lines[line].quantity }
        }
        takeStock(of: before) { $0.cancelled - $0.quantity }
    }

    func requestCancel(_ index: Int, at date: Date) {
        guard orders[index].lifecycle != .completed else { return }
        change(index, at: date) { order in
            order.cancelRequested = true
            for line in order.lines.indices { order.lines[line].cancelRequested = true }
        }
    }

    func release(_ index: Int, at date: Date) {
        guard orders[index].lifecycle == .received else { return }
        change(index, at: date) { $0.lifecycle = .created }
    }

    func edit(_ index: Int, at date: Date) {
        change(index, at: date) { $0.edits += 1 }
    }

    /// The orders that an id of this type names, in the order of their creation.
    func find(_ key: OrderKey, _ value: String) -> [Int] {
        switch key {
        case .dscoOrderID: Int(value).flatMap { indexByID[$0] }.map { [$0] } ?? []
        case .poNumber: indexesByPO[value] ?? []
        case .supplierOrderNumber: indexesBySupplierNumber[value] ?? []
        }
    }

    // MARK: Reading

    func order(_ key: OrderKey, _ value: String) -> [DSCOOrder] {
        let now = advance()
        return find(key, value).compactMap { shown($0, now: now) }
    }

    struct PageQuery: Sendable {
        var createdSince: Date?
        /// Exclusive, unlike `createdSince`.
        var updatedSince: Date?
        /// Exclusive: its inclusivity is not stated, this is the reading that loses orders at a careless boundary.
        var until: Date?
        var consumerOrderNumber: String?
        var statuses: [String] = []
        var includesTests = false
        var perPage = 1000
    }

    func page(_ query: PageQuery) -> (scrollID: String, orders: [DSCOOrder]) {
        let now = advance()
        let since = (query.createdSince ?? query.updatedSince)?.timeIntervalSince1970 ?? -.infinity
        let until = query.until?.timeIntervalSince1970 ?? .infinity
        var found: [Int] = []
        if let number = query.consumerOrderNumber {
            found = orders.indices.filter { orders[$0].consumerOrderNumber == number }
        } else if query.createdSince != nil {
            for index in createdAt.indices where createdAt[index] >= since && createdAt[index] < until { found.append(index) }
        } else {
            for index in updatedAt.indices where updatedAt[index] > since && updatedAt[index] < until { found.append(index) }
        }
        found = found.filter { index in
            guard let order = shown(index, now: now), query.includesTests || order.scenario != .testOrder else { return false }
            return query.statuses.isEmpty || query.statuses.contains(order.status)
        }
        // Pages come unordered, but the same for the same seed.
        let id = unique()
        var dice = SplitMix64(seed: UInt64(found.count))
        found.shuffle(using: &dice)
        let first = orderScrolls.begin(id, found, page: query.perPage, life: settings.scrollLife, now: now)
        return (id, first.compactMap { shown($0, now: now) })
    }

    /// The next page of a list; nil when its id is unknown or has expired.
    func nextPage(_ scrollID: String) -> [DSCOOrder]? {
        let now = advance()
        return orderScrolls.next(scrollID, life: settings.scrollLife, now: now)?.compactMap { shown($0, now: now) }
    }
}

/// The ids that name an order, as acknowledge's `type` writes them.
enum OrderKey: String, Sendable, CaseIterable {
    case dscoOrderID = "DSCO_ORDER_ID"
    case poNumber = "PO_NUMBER"
    case supplierOrderNumber = "SUPPLIER_ORDER_NUMBER"

    /// The member of an object, or the `orderKey` of a query, that carries it.
    var member: String {
        switch self {
        case .dscoOrderID: "dscoOrderId"
        case .poNumber: "poNumber"
        case .supplierOrderNumber: "supplierOrderNumber"
        }
    }
}
