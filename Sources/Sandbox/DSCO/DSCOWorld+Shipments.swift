import FoundationEssentials

extension DSCOWorld {
    /// Refuses a shipment object, or takes all of it (DSCO contract 5).
    func ship(_ row: Wire, at date: Date, hiddenFor hidden: Double?) -> String? {
        let target = target(row, rule: "ship")
        guard let index = target.index else { return target.refusal }
        let order = orders[index]
        let shipments = row["shipments"]?.elements ?? []
        if let refusal = refusedAsWhole(order, row) { return refusal }
        var left = order.lines.indices.map { order.remaining($0) }
        var packages: [DSCOOrder.Package] = []
        for shipment in shipments {
            if let refusal = missing(in: shipment, at: date) { return refusal }
            let tracking = shipment["trackingNumber"]?.text ?? ""
            if order.packages.contains(where: { $0.tracking == tracking })
                || packages.contains(where: { $0.tracking == tracking })
            {
                return twice("tracking_number_twice", order, "Tracking number \(tracking) already exists")
            }
            if let owner = trackingOwner[tracking], owner != index, !book.areMerged(orders[owner].po, order.po) {
                effects.violation("tracking_number_of_another_order", "order \(order.id): \(tracking)")
                return "Tracking number \(tracking) belongs to another order"
            }
            var items: [DSCOOrder.Package.Item] = []
            for item in shipment["lineItems"]?.elements ?? [] {
                let found = line(item, in: order, rule: "ship")
                guard let line = found.index else { return found.refusal }
                let quantity = item["quantity"]?.integer ?? 0
                if quantity > left[line] { return tooMany(order, line, quantity) }
                left[line] -= quantity
                items.append(
                    DSCOOrder.Package.Item(
                        line: order.lines[line].number, quantity: quantity, spans: item["packageSpanFlag"]?.boolean ?? false))
            }
            packages.append(
                package(shipment, tracking: tracking, number: order.packages.count + packages.count, order: order, items: items))
        }
        if let refusal = withoutSpanFlag(packages, order: order, left: left) { return refusal }
        change(index, at: date, hiddenFor: hidden) { order in
            order.packages += packages
            for package in packages {
                for item in package.items {
                    guard let line = order.lines.firstIndex(where: { $0.number == item.line }) else { continue }
                    order.lines[line].lastTracking = package.tracking
                }
            }
            order.lifecycle = order.unitsLeft == 0 ? .completed : .acknowledged
        }
        for package in packages {
            trackingOwner[package.tracking] = index
            effects.count(\.shipped)
        }
        return nil
    }

    private func refusedAsWhole(_ order: DSCOOrder, _ row: Wire) -> String? {
        if order.cancelledWhole { return twice("cancelled_order_shipped", order, "The order has been cancelled") }
        if order.lifecycle == .received {
            effects.violation("ship_before_release", "order \(order.id)")
            return "The order has not been released"
        }
        // Required by retailers, whatever ids the schema is content with (DSCO contract 5.2).
        guard row["poNumber"] != nil else { return refuse("ship_without_po", "poNumber is required") }
        return nil
    }

    /// What retailers want beyond the schema, and codes that DSCO knows.
    private func missing(in shipment: Wire, at date: Date) -> String? {
        for (name, text) in [
            ("shipCarrier", "Ship carrier is required"), ("shipMethod", "Ship method is required"),
            ("shippingServiceLevelCode", "Shipping service level code is required"), ("shipDate", "Ship date is required"),
        ] where shipment[name] == nil {
            return refuse("ship_field_missing", text)
        }
        guard (shipment["lineItems"]?.elements ?? []).allSatisfy({ $0["sku"] != nil }) else {
            return refuse("ship_field_missing", "lineItems.sku is required")
        }
        let code = shipment["shippingServiceLevelCode"]?.text ?? ""
        guard world.levels.contains(where: { $0.code == code }) else {
            effects.violation("ship_unknown_code", code)
            return "Unknown shipping service level code \(code)"
        }
        let carrier = shipment["shipCarrier"]?.text ?? ""
        guard world.levels.contains(where: { $0.carrier.lowercased() == carrier.lowercased() }) else {
            effects.violation("ship_unknown_carrier", carrier)
            return "Unknown ship carrier \(carrier)"
        }
        if let code = shipment["warehouseCode"]?.text, world.warehouse(code: code) == nil {
            effects.violation("ship_unknown_warehouse", code)
            return "Unknown warehouse code \(code)"
        }
        if let shipped = shipment["shipDate"]?.text.flatMap(Timestamps.parse), shipped > date.addingTimeInterval(300) {
            effects.violation("ship_date_in_future", shipment["shipDate"]?.text ?? "")
            return "The ship date lies in the future"
        }
        return nil
    }

    private func tooMany(_ order: DSCOOrder, _ line: Int, _ quantity: Int) -> String {
        let text = "Line \(order.lines[line].number): quantity \(quantity) exceeds what is left"
        let ours = order.packages.contains { package in
            !package.foreign && package.items.contains { $0.line == order.lines[line].number }
        }
        if ours { return twice("units_shipped_twice", order, text) }
        effects.violation("over_ship", "order \(order.id): \(text)")
        return text
    }

    /// A line that goes in several packages carries `packageSpanFlag` on every part (DSCO contract 5.2).
    private func withoutSpanFlag(_ packages: [DSCOOrder.Package], order: DSCOOrder, left: [Int]) -> String? {
        for (index, line) in order.lines.enumerated() {
            let parts = packages.flatMap(\.items).filter { $0.line == line.number }
            let split = parts.count > 1 || (!parts.isEmpty && left[index] > 0)
            guard split, !parts.allSatisfy(\.spans) else { continue }
            return refuse("span_flag_missing", "Line \(line.number) is partial: packageSpanFlag is required")
        }
        return nil
    }

    private func package(
        _ shipment: Wire, tracking: String, number: Int, order: DSCOOrder, items: [DSCOOrder.Package.Item]
    ) -> DSCOOrder.Package {
        DSCOOrder.Package(
            id: 9_000_000 + (order.id % 1_000_000) * 10 + number, tracking: tracking, carrier: shipment["shipCarrier"]?.text,
            method: shipment["shipMethod"]?.text, level: shipment["shippingServiceLevelCode"]?.text,
            warehouse: shipment["warehouseCode"]?.text,
            shipDate: shipment["shipDate"]?.text.flatMap(Timestamps.parse).map(Timestamps.dsco), items: items)
    }
}
