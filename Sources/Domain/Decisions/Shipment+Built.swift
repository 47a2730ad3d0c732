import FoundationEssentials

extension Shipment {
    /// A parcel that DSCO does not know yet.
    ///
    /// - Precondition: `parts` are of one parcel and not empty.
    init(parts: [Assignment.Part], of order: Order, spread: Set<Int>, now: Date) {
        let rows = parts.map(\.goods.outbound)
        let quantities = Dictionary(parts.map { ($0.line, $0.quantity) }, uniquingKeysWith: +)
        let lines = quantities.sorted { $0.key < $1.key }.map { index, quantity in
            Line(order.lines[index].name, quantity: quantity, spansPackages: spread.contains(index))
        }
        self.init(
            dscoOrderID: order.dscoOrderID, poNumber: order.poNumber, trackingNumber: parts[0].goods.trackingNumber,
            outboundNumbers: Set(rows.map(\.number)).sorted(),
            // Without a time (rows that need not be shipped) it leaves as we tell it.
            shipDate: rows.compactMap(\.shipDate).max() ?? now, lines: lines)
        route(order, carrier: rows.compactMap { $0.carrier?.nonBlank }.first, lines: quantities.keys.map { order.lines[$0] })
    }

    /// A parcel of ours that DSCO has, although our ledger does not: somebody sent our tracking number by hand.
    init(package: OrderPackage, of record: OrderRecord, goods: [ShippedGoods], now: Date) {
        let order = record.order
        let rows = goods.filter { $0.trackingNumber.parcelKey == package.trackingNumber.parcelKey }.map(\.outbound)
        let before = record.fulfilment?.shipments.first { $0.trackingNumber.parcelKey == package.trackingNumber.parcelKey }
        var content = OrderUnits(left: order.lines.map(\.quantity))
        var quantities: [Int: Int] = [:]
        for item in package.items {
            for (line, quantity) in content.take(item.quantity, from: order.lines(named: item.name)).taken {
                quantities[line, default: 0] += quantity
            }
        }
        self.init(
            dscoOrderID: order.dscoOrderID, poNumber: order.poNumber, trackingNumber: package.trackingNumber,
            outboundNumbers: Set(rows.map(\.number) + (before?.outboundNumbers ?? [])).sorted(),
            shipDate: rows.compactMap(\.shipDate).max() ?? before?.shipDate ?? now,
            lines: quantities.sorted { $0.key < $1.key }.map { Line(order.lines[$0].name, quantity: $1) })
        route(order, carrier: rows.compactMap { $0.carrier?.nonBlank }.first, lines: quantities.keys.map { order.lines[$0] })
    }

    /// Final values before requested ones (DSCO contract 11.15); the carrier of the outbound order is the last resort.
    private mutating func route(_ order: Order, carrier: String?, lines: [OrderLine]) {
        self.carrier = order.shipCarrier?.nonBlank ?? order.requestedShipCarrier?.nonBlank ?? carrier
        serviceLevelCode = order.serviceLevel
        method = order.shipMethod?.nonBlank ?? order.requestedShipMethod?.nonBlank ?? serviceLevelCode
        let codes = Set(lines.map { $0.warehouseCode?.nonBlank })
        warehouseCode = order.warehouseCode?.nonBlank ?? (codes.count == 1 ? codes.first ?? nil : nil)
    }
}

extension Shipment.Line {
    init(_ name: LineName, quantity: Int, spansPackages: Bool = false) {
        self.init(
            lineNumber: name.lineNumber, dscoItemID: name.dscoItemID, sku: name.sku, partnerSKU: name.partnerSKU,
            quantity: quantity,
            spansPackages: spansPackages)
    }
}
