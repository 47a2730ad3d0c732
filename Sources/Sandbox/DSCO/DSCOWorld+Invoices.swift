import FoundationEssentials

/// An invoice that DSCO took.
struct StoredInvoice: Sendable {
    let number: Int
    let payload: Wire
    let order: Int
    let created: Date
    /// When `GET /invoice` first shows it: after post-processing (DSCO contract 6.1).
    let visible: Date
    let total: Decimal
}

extension DSCOWorld {
    /// Refuses an invoice, or takes it (DSCO contract 6).
    func invoice(_ row: Wire, at date: Date, hiddenFor hidden: Double?) -> String? {
        let target = target(row, rule: "invoice")
        guard let index = target.index else { return target.refusal }
        let order = orders[index]
        let id = row["invoiceId"]?.text ?? ""
        if invoiceByID[id] != nil {
            return twice("invoice_id_twice", order, "The invoice has already been created with this invoiceId")
        }
        guard row["invoiceDate"] != nil else { return refuse("invoice_field_missing", "Invoice date is required") }
        let items = row["lineItems"]?.elements ?? []
        guard !items.isEmpty else { return refuse("invoice_field_missing", "lineItems is required") }
        if let currency = row["currencyCode"]?.text, currency != "USD" {
            effects.violation("invoice_currency", "order \(order.id): \(currency)")
            return "The currency is not the order's"
        }
        var units = order.lines.map { _ in 0 }
        for item in items {
            let found = line(item, in: order, rule: "invoice")
            guard let line = found.index else { return found.refusal }
            units[line] += item["quantity"]?.integer ?? 0
            let available = order.shipped(line) - order.lines[line].invoiced
            guard units[line] <= available else {
                let text = "Line \(order.lines[line].number): quantity available to invoice is \(max(0, available))"
                if order.lines[line].invoiced > 0 { return twice("units_invoiced_twice", order, text) }
                effects.violation("invoice_before_shipment", "order \(order.id): \(text)")
                return text
            }
        }
        guard let total = total(of: row, items, order: order) else { return "The total is not the sum of the invoice" }
        orders[index].lines.indices.forEach { orders[index].lines[$0].invoiced += units[$0] }
        invoiceByID[id] = invoices.count
        invoicesByOrder[index, default: []].append(invoices.count)
        invoices.append(
            StoredInvoice(
                number: 88_001_000 + invoices.count, payload: row, order: index, created: date,
                visible: date.addingTimeInterval(hidden ?? settings.readDelay), total: total))
        effects.count(\.invoiced)
        return nil
    }

    /// The total; nil, with a violation, when the amounts do not add up to the cent.
    private func total(of row: Wire, _ items: [Wire], order: DSCOOrder) -> Decimal? {
        func amount(_ wire: Wire?) -> Decimal { wire?.digits.flatMap(Money.decimal) ?? 0 }
        func sum(_ name: String) -> Decimal { (row[name]?.elements ?? []).reduce(0) { $0 + amount($1["amount"]) } }
        let subtotal = items.reduce(Decimal(0)) { $0 + Decimal($1["quantity"]?.integer ?? 0) * amount($1["unitPrice"]) }
        let extras = ["freightAmount", "handlingAmount", "salesTaxAmount"].reduce(Decimal(0)) { $0 + amount(row[$1]) }
        let total = amount(row["totalAmount"])
        guard total == subtotal + extras + sum("charges") - sum("credits"),
            row["lineItemsSubtotal"].map({ amount($0) == subtotal }) ?? true
        else {
            effects.violation(
                "invoice_total_off", "order \(order.id): \(total) is not \(subtotal + extras + sum("charges") - sum("credits"))")
            return nil
        }
        guard ([total] + items.map { amount($0["unitPrice"]) }).allSatisfy(Money.isWholeCents) else {
            effects.violation("invoice_parts_of_a_cent", "order \(order.id)")
            return nil
        }
        return total
    }

    /// The invoices that a key names and that can be read by now.
    func invoices(key: InvoiceKey, _ value: String) -> [Wire] {
        let now = advance()
        let found: [Int] =
            switch key {
            case .invoiceId: invoiceByID[value].map { [$0] } ?? []
            case .dscoInvoiceId: Int(value).map { $0 - 88_001_000 }.flatMap { invoices.indices.contains($0) ? [$0] : nil } ?? []
            case .poNumber: find(.poNumber, value).flatMap { invoicesByOrder[$0] ?? [] }
            case .supplierOrderNumber: find(.supplierOrderNumber, value).flatMap { invoicesByOrder[$0] ?? [] }
            case .consumerOrderNumber, .trackingNumber:
                invoices.indices.filter { invoices[$0].payload[key.rawValue]?.text == value }
            }
        return found.map { invoices[$0] }.filter { $0.visible <= now }.map(wire)
    }

    private func wire(_ invoice: StoredInvoice) -> Wire {
        let order = orders[invoice.order]
        let expected = order.lines.reduce(Decimal(0)) { sum, line in
            sum + Decimal(line.invoiced * world.products[line.product].cents * 6 / 10) / 100
        }
        let members: [Wire.Member] = [
            .init("dscoInvoiceId", .string(String(invoice.number))), .init("dscoSupplierId", .string(FixedWorld.supplierID)),
            .init("dscoRetailerId", .string(world.retailers[order.retailer].id)), .init("dscoTradingPartnerId", .null),
            .init("dscoExpectedOrderTotalAmount", .number("\(expected)")),
            .init("dscoExpectedOrderTotalDifference", .number("\(invoice.total - expected)")),
            .init("createDate", .string(Timestamps.dsco(invoice.created))),
            .init("lastUpdate", .string(Timestamps.dsco(invoice.created))),
            .init("exportDate", .null),
        ]
        return .object((invoice.payload.members ?? []) + members)
    }
}

/// What invoices can be looked up by (DSCO contract 6.2): there is no key for the dscoOrderId.
enum InvoiceKey: String, Sendable, CaseIterable {
    case dscoInvoiceId, invoiceId, poNumber, supplierOrderNumber, consumerOrderNumber, trackingNumber
}
