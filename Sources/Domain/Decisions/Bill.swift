import FoundationEssentials

/// Shipped units on their way to invoices: by invoice, then by order line and parcel.
struct Bill {
    private struct Entry: Hashable {
        var key: String
        var line: Int
        var parcel: String
    }

    private let order: Order
    private let prices: [RuntimeConfiguration.PriceField]
    private var quantities: [Entry: Int] = [:]
    private var shipments: [String: Shipment] = [:]
    /// Lines of the order's shipments that the order does not have (any more).
    private(set) var unidentified: Set<String> = []
    private(set) var unpriced: Set<String> = []

    init(_ order: Order, prices: [RuntimeConfiguration.PriceField]) {
        self.order = order
        self.prices = prices
    }

    mutating func add(_ name: LineName, _ quantity: Int, shipment: Shipment, key: String) {
        guard quantity > 0 else { return }
        guard let line = order.lines(named: name).first else {
            unidentified.insert(name.lineNumber.map { "line \($0)" } ?? name.sku ?? name.dscoItemID ?? "a line without a name")
            return
        }
        if order.lines[line].price(prices) == nil { unpriced.insert(order.label(line)) }
        quantities[Entry(key: key, line: line, parcel: shipment.trackingNumber), default: 0] += quantity
        shipments[shipment.trackingNumber] = shipment
    }

    /// One invoice a key, in order of the keys. The total is the sum of the lines, each at cents (design 9.6).
    func invoices(number: String, per: RuntimeConfiguration.Invoice.Per, currency: String, now: Date) -> [Invoice] {
        let entries = quantities.sorted { ($0.key.line, $0.key.parcel) < ($1.key.line, $1.key.parcel) }
        return Dictionary(grouping: entries, by: \.key.key).sorted { $0.key < $1.key }.map { key, entries in
            let lines = entries.compactMap { entry, quantity -> Invoice.Line? in
                let line = order.lines[entry.line]
                guard let price = line.price(prices) else { return nil }
                return Invoice.Line(
                    lineNumber: line.lineNumber, dscoItemID: line.dscoItemID, sku: line.sku, partnerSKU: line.partnerSKU,
                    quantity: quantity, unitPrice: Money.rounded(price), trackingNumber: entry.parcel)
            }
            let parcels = Set(entries.map(\.key.parcel)).sorted().compactMap { shipments[$0] }
            var invoice = Invoice(
                key: key, invoiceID: per == .order ? number : "\(number)-\(key)", dscoOrderID: order.dscoOrderID,
                poNumber: order.poNumber, invoiceDate: parcels.map(\.shipDate).max() ?? now, currency: currency,
                totalAmount: Money.sum(lines.map { Money.extended($0.quantity, at: $0.unitPrice) }), lines: lines)
            invoice.trackingNumber = parcels.first?.trackingNumber
            invoice.carrier = parcels.first?.carrier
            invoice.method = parcels.first?.method
            invoice.serviceLevelCode = parcels.first?.serviceLevelCode
            invoice.warehouseCode = parcels.first?.warehouseCode
            return invoice
        }
    }
}
