import FoundationEssentials

extension DSCOWorld {
    /// Queues a batch; its outcome is in the change log after the log delay.
    func accept(_ action: Batch.Action, path: String, rows: [Wire], skipsUnknown: Bool = false) -> (requestID: String, at: Date) {
        let now = advance()
        let batch = Batch(requestID: unique(), action: action, path: path, rows: rows, skipsUnknown: skipsUnknown)
        logs[action.log, default: ChangeLog()].open(batch.requestID)
        schedule.plan(.process(batch), at: now.addingTimeInterval(settings.logDelay))
        return (batch.requestID, now)
    }

    /// A synchronous call for one object: nil, or why it is refused.
    func apply(_ action: Batch.Action, path: String, row: Wire) -> String? {
        perform(action, path: path, row, at: advance())
    }

    func process(_ batch: Batch, at date: Date) {
        for row in batch.rows {
            if batch.skipsUnknown, batch.action == .stock, inventory[row["sku"]?.text ?? ""] == nil { continue }
            let refusal = perform(batch.action, path: batch.path, row, at: date)
            if faults.draw(.noLogRow, .dsco, batch.path) != nil { continue }
            let delay = faults.draw(.lateLogRow, .dsco, batch.path)?.seconds ?? 0
            logs[batch.action.log]?.append(
                ChangeLog.Row(
                    requestID: batch.requestID, payload: batch.action == .acknowledge ? Self.acknowledged(row) : row,
                    action: batch.action,
                    processed: date, visible: date.addingTimeInterval(delay), refusal: refusal))
        }
        logs[batch.action.log]?.close(batch.requestID)
    }

    private func perform(_ action: Batch.Action, path: String, _ row: Wire, at date: Date) -> String? {
        if faults.draw(.refuseRow, .dsco, path) != nil {
            effects.refusedByFault(Set(["id", "dscoOrderId", "poNumber", "sku"].compactMap { row[$0]?.text ?? row[$0]?.digits }))
            return "The sandbox refuses this row"
        }
        let hidden = faults.draw(.hideEffect, .dsco, path)?.seconds
        return switch action {
        case .acknowledge: acknowledge(row, at: date, hiddenFor: hidden)
        case .ship: ship(row, at: date, hiddenFor: hidden)
        case .invoice: invoice(row, at: date, hiddenFor: hidden)
        case .stock: stock(row, at: date)
        }
    }

    /// The log shows id and type as they were sent, and nothing of the order (DSCO contract 2).
    private static func acknowledged(_ row: Wire) -> Wire {
        ["id": row["id"] ?? .null, "type": row["type"] ?? .null, "supplierOrderNumber": row["supplierOrderNumber"] ?? .null]
    }

    // MARK: Acknowledge

    private func acknowledge(_ row: Wire, at date: Date, hiddenFor hidden: Double?) -> String? {
        let id = row["id"]?.text ?? row["id"]?.digits ?? ""
        let key = row["type"]?.text.flatMap(OrderKey.init) ?? .poNumber
        let found = find(key, id)
        guard let index = found.first else {
            effects.violation("ack_unknown_order", "\(key.rawValue) \(id)")
            return "\(key.member) \(id) not found"
        }
        if found.count > 1 { effects.violation("ack_ambiguous_number", "\(key.rawValue) \(id) names \(found.count) orders") }
        let order = orders[index]
        if order.acknowledgedBySupplier { return twice("acknowledged_twice", order, "The order has already been acknowledged") }
        if order.cancelledWhole { return refuse("ack_cancelled", "The order has been cancelled") }
        switch order.lifecycle {
        case .received:
            effects.violation("ack_before_release", "order \(order.id)")
            return "The order has not been released"
        case .acknowledged: return refuse("ack_acknowledged_elsewhere", "The order has already been acknowledged")
        case .completed: return refuse("ack_completed", "The order is completed")
        case .created: break
        }
        let number = row["supplierOrderNumber"]?.text
        change(index, at: date, hiddenFor: hidden) { order in
            order.lifecycle = .acknowledged
            order.acknowledgedBySupplier = true
            order.supplierOrderNumber = number ?? order.supplierOrderNumber
            for line in order.lines.indices {
                order.lines[line].acceptedByAck = order.lines[line].quantity - order.lines[line].cancelled
            }
        }
        if let number { indexesBySupplierNumber[number, default: []].append(index) }
        effects.count(\.acknowledged)
        return nil
    }

    func refuse(_ rule: String, _ text: String) -> String {
        effects.refused(rule)
        return text
    }

    func twice(_ rule: String, _ order: DSCOOrder, _ text: String) -> String {
        effects.duplicateAttempt(rule, "order \(order.id) (\(order.po)): \(text)")
        effects.refused(rule)
        return text
    }

    /// The order that a shipment or an invoice is for; all ids that it carries must name the same one.
    func target(_ row: Wire, rule: String) -> (index: Int?, refusal: String) {
        var found: Set<Int>?
        for key in OrderKey.allCases {
            guard let value = row[key.member]?.text else { continue }
            let these = Set(find(key, value))
            if these.isEmpty {
                effects.violation("\(rule)_unknown_order", "\(key.member) \(value)")
                return (nil, "\(key.member) \(value) not found")
            }
            found = found.map { $0.intersection(these) } ?? these
        }
        guard let found, !found.isEmpty else {
            effects.violation("\(rule)_order_ids_disagree", row.json.prefix(200).description)
            return (nil, "The order ids do not name the same order")
        }
        if found.count > 1 { effects.violation("\(rule)_ambiguous_number", "\(found.count) orders") }
        return (found.min(), "")
    }

    /// The line that an item names: the first id that is found wins, the line number tells lines of the same SKU apart
    /// (DSCO contract 11.6).
    func line(_ item: Wire, in order: DSCOOrder, rule: String) -> (index: Int?, refusal: String) {
        let ids: [(String, (DSCOOrder.Line) -> String?)] = [
            ("dscoItemId", { self.world.products[$0.product].dscoItemID }), ("sku", { self.world.products[$0.product].sku }),
            ("partnerSku", { $0.partnerSKU }), ("upc", { self.world.products[$0.product].upc }),
        ]
        let given = ids.compactMap { name, value in
            item[name]?.text.map { text in order.lines.indices.filter { value(order.lines[$0]) == text } }
        }
        guard let first = given.first(where: { !$0.isEmpty }) else {
            effects.violation("\(rule)_unknown_line", "order \(order.id): \(item.json)")
            return (nil, "The item is not on the order")
        }
        guard given.allSatisfy({ $0 == first }) else {
            effects.violation("\(rule)_item_ids_disagree", "order \(order.id): \(item.json)")
            return (nil, "The item ids do not name the same item")
        }
        if let number = item["lineNumber"]?.integer {
            guard let index = first.first(where: { order.lines[$0].number == number }) else {
                effects.violation("\(rule)_line_number", "order \(order.id): \(item.json)")
                return (nil, "Line \(number) does not carry the item")
            }
            return (index, "")
        }
        guard first.count == 1 else {
            effects.violation("\(rule)_ambiguous_line", "order \(order.id): \(item.json)")
            return (nil, "The item is on several lines, the line number is required")
        }
        return (first[0], "")
    }
}
