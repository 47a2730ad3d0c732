package import FoundationEssentials

/// What invoice does with an order at status 4 (design 6, invoice).
package enum InvoiceDecision {
    package enum Answer: Sendable, Hashable {
        case decided(Decided<Invoice>)
        /// The row does not know what was shipped: read LingXing's outbound orders, put `ShipDecision.fulfilment` (or an empty one) on the
        /// record, and decide again.
        case needsFulfilment
    }

    /// Billed when neither the order nor LingXing names a currency (DSCO contract 3.3).
    package static let defaultCurrency = "USD"

    package static func decide(record: OrderRecord, configuration: RuntimeConfiguration, now: Date) -> Answer {
        guard let fulfilment = record.fulfilment else { return .needsFulfilment }
        guard let identity = record.identity(configuration) else {
            return .decided(Decided(.hold(Hold(.shopUnmapped, facts: record.order.retailerID ?? ""))))
        }
        if let hold = record.sharedNumberHold(identity) { return .decided(Decided(.hold(hold))) }
        var bill = Bill(record.order, prices: configuration.invoice.unitPrice)
        let per = record.invoiceMode(identity, configuration)
        switch per {
        case .order:
            for shipment in fulfilment.shipments {
                for line in shipment.lines {
                    bill.add(line.name, line.quantity, shipment: shipment, key: "order")
                }
            }
        case .outbound:
            for shipment in fulfilment.shipments {
                var told = fulfilment.goods.filter { $0.trackingNumber.parcelKey == shipment.trackingNumber.parcelKey }
                if told.isEmpty {
                    let number = shipment.outboundNumbers.first ?? shipment.trackingNumber
                    told = shipment.lines.map {
                        Fulfilment.Goods(
                            outboundNumber: number, trackingNumber: shipment.trackingNumber, line: $0.name, quantity: $0.quantity)
                    }
                }
                for goods in told { bill.add(goods.line, goods.quantity, shipment: shipment, key: goods.outboundNumber) }
            }
        }

        if !bill.unidentified.isEmpty { return .decided(Decided(.hold(Hold(.lineUnidentified, facts: bill.unidentified.facts)))) }
        if !bill.unpriced.isEmpty { return .decided(Decided(.hold(Hold(.priceMissing, facts: bill.unpriced.facts)))) }
        let invoices = bill.invoices(
            number: identity.number, per: per,
            currency: record.order.currency?.nonBlank ?? fulfilment.lingXingCurrency?.nonBlank ?? defaultCurrency, now: now)
        if invoices.isEmpty { return .decided(Decided(.hold(Hold(.noUnitsLeft)))) }
        var learned = Learned()
        learned.invoiceID = invoices.map(\.invoiceID).joined(separator: ",")
        return .decided(Decided(.send(invoices), learned))
    }
}

extension OrderRecord {
    /// By the configuration until the first invoice is written down; then as that one was, since another way would bill the goods twice
    /// (design 1, what a configuration change may touch).
    fileprivate func invoiceMode(
        _ identity: OutgoingIdentity, _ configuration: RuntimeConfiguration
    ) -> RuntimeConfiguration.Invoice.Per {
        guard let invoiceID else { return configuration.invoice.per }
        return invoiceID == identity.number ? .order : .outbound
    }
}

extension Invoice {
    /// By how much LingXing's total differs from what is billed: shown, never billed. `nil` when LingXing shows no total.
    package static func difference(_ invoices: [Invoice], to fulfilment: Fulfilment) -> Decimal? {
        fulfilment.lingXingTotal.map { Money.rounded($0) - Money.sum(invoices.map(\.totalAmount)) }
    }
}
