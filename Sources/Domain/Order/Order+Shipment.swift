/// What DSCO's order shows of one of our shipments.
package enum ShownShipment: Sendable, Hashable {
    case absent
    /// Exactly our units, line by line.
    case same
    /// Our tracking number with other goods: a person must look.
    case different
}

extension Order {
    /// Looks for a shipment among the packages that DSCO knows.
    package func shows(_ shipment: Shipment) -> ShownShipment {
        let parcels = packages.filter { $0.trackingNumber.parcelKey == shipment.trackingNumber.parcelKey }
        guard !parcels.isEmpty else { return .absent }
        let shown = units(parcels.flatMap(\.items).map { ($0.name, $0.quantity) })
        let ours = units(shipment.lines.map { ($0.name, $0.quantity) })
        return shown == ours ? .same : .different
    }

    /// Units per item: lines that carry the same item count together, since a package need not say which of them it means.
    private func units(_ named: [(LineName, Int)]) -> [[Int]: Int] {
        named.reduce(into: [:]) { units, item in
            let places = lines(named: LineName(dscoItemID: item.0.dscoItemID, sku: item.0.sku, partnerSKU: item.0.partnerSKU))
            units[places.isEmpty ? lines(named: item.0) : places, default: 0] += item.1
        }
    }
}
