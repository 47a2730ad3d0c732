import FoundationEssentials

/// Everything known about the parcels of one order: DSCO's packages, our shipments in the ledger, LingXing's outbound orders.
struct OrderParcels: Sendable {
    let record: OrderRecord
    /// Units that may still be sent.
    let units: OrderUnits
    /// Goods whose parcel nobody has told DSCO about yet, given to lines.
    let fresh: Assignment
    /// Our parcels that DSCO has or is about to have.
    let told: [Shipment]
    /// The parcels to be told, by the fresh goods.
    let new: [Shipment]
    let goods: [Fulfilment.Goods]
    /// The tracking numbers of packages at DSCO that are not ours.
    let foreign: [String]

    init(
        _ record: OrderRecord, _ identity: OutgoingIdentity, outbound: [OutboundOrder], listed: [LingXingOrder],
        configuration: RuntimeConfiguration, now: Date
    ) {
        self.record = record
        let order = record.order
        units = OrderUnits(of: order, underWay: record.shipmentsUnderWay)
        let all = ShippedGoods.gather(record, identity, outbound: outbound, listed: listed, configuration: configuration)

        let rows = identity.own(outbound).filter { $0.status != .intercepted }
        let ours = Set(
            (record.trackingNumbers + record.shipmentsUnderWay.map(\.trackingNumber) + rows.compactMap(\.trackingNumber)).map(
                \.parcelKey))
        foreign = order.packages.map(\.trackingNumber).filter { !ours.contains($0.parcelKey) }

        let underWay = Set(record.shipmentsUnderWay.map(\.trackingNumber.parcelKey))
        let packaged = order.packages.filter {
            ours.contains($0.trackingNumber.parcelKey) && !underWay.contains($0.trackingNumber.parcelKey)
        }
        told = record.shipmentsUnderWay + packaged.map { Shipment(package: $0, of: record, goods: all, now: now) }

        let known = underWay.union(order.packages.map(\.trackingNumber.parcelKey))
        fresh = Assignment(all.filter { !known.contains($0.trackingNumber.parcelKey) }, to: units)
        let parcels = Dictionary(grouping: fresh.parts) { $0.goods.trackingNumber.parcelKey }
        let spread = Self.spreadLines(order, told: record.shipmentsUnderWay, fresh: fresh.parts)
        new = parcels.sorted { $0.key < $1.key }.map { Shipment(parts: $0.value, of: order, spread: spread, now: now) }

        goods = Self.goods(all, told: told, fresh: fresh.parts, of: order)
    }

    var areAllOurs: Bool { foreign.isEmpty }

    /// The tracking numbers of our parcels, told and new, in order.
    var trackingNumbers: [String] { shipments.map(\.trackingNumber) }

    var shipments: [Shipment] { (told + new).sorted { $0.trackingNumber < $1.trackingNumber } }

    /// Lines whose units are in more than one parcel, whoever told DSCO about it.
    private static func spreadLines(_ order: Order, told: [Shipment], fresh: [Assignment.Part]) -> Set<Int> {
        var parcels: [Int: Set<String>] = [:]
        for package in order.packages {
            for line in package.items.flatMap({ order.lines(named: $0.name).prefix(1) }) {
                parcels[line, default: []].insert(package.trackingNumber.parcelKey)
            }
        }
        for shipment in told {
            for line in shipment.lines.flatMap({ order.lines(named: $0.name).prefix(1) }) {
                parcels[line, default: []].insert(shipment.trackingNumber.parcelKey)
            }
        }
        for part in fresh { parcels[part.line, default: []].insert(part.goods.trackingNumber.parcelKey) }
        return Set(parcels.filter { $0.value.count > 1 }.keys)
    }

    /// Which outbound order each unit came by: the fresh ones as they were given to lines, those of told parcels within their parcel.
    private static func goods(
        _ all: [ShippedGoods], told: [Shipment], fresh: [Assignment.Part], of order: Order
    ) -> [Fulfilment.Goods] {
        var parts = fresh
        for shipment in told {
            let content = OrderUnits(shipped: shipment, of: order)
            parts +=
                Assignment(all.filter { $0.trackingNumber.parcelKey == shipment.trackingNumber.parcelKey }, to: content).parts
        }
        return parts.sorted {
            ($0.goods.outbound.number, $0.goods.trackingNumber, $0.line) < (
                $1.goods.outbound.number, $1.goods.trackingNumber, $1.line
            )
        }.map {
            Fulfilment.Goods(
                outboundNumber: $0.goods.outbound.number, trackingNumber: $0.goods.trackingNumber,
                line: order.lines[$0.line].name,
                quantity: $0.quantity)
        }
    }
}

extension OrderUnits {
    /// The units in one parcel, by line.
    fileprivate init(shipped shipment: Shipment, of order: Order) {
        var left = order.lines.map { _ in 0 }
        for line in shipment.lines {
            guard let index = order.lines(named: line.name).first else { continue }
            left[index] += line.quantity
        }
        self.init(left: left)
    }
}
