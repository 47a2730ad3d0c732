package import Domain
package import JSON

/// `POST /order/shipment/batch/small` and `/order/singleShipment` (DSCO contract 5.1).
package enum ShipmentBody {
    /// The shipments of one order: an element of the batch, and the whole body of the single call. Both ids go out (design 1).
    package static func order(_ shipments: [Shipment]) -> JSON {
        var object = JSONObject()
        object.add("dscoOrderId", shipments.first?.dscoOrderID)
        object.add("poNumber", shipments.first?.poNumber)
        object.append("shipments", .array(shipments.map(parcel)))
        return .object(object)
    }

    /// The shipments grouped by order, in the order the orders first come. One order's parcels always go in one call.
    package static func batches(_ shipments: [Shipment], largestBody: Int = DSCOBatching.largestBody) -> [DSCOBatch<Shipment>] {
        var groups: [OrderKey: [Int]] = [:]
        var keys: [OrderKey] = []
        for (place, shipment) in shipments.enumerated() {
            let key = OrderKey(dscoOrderID: shipment.dscoOrderID, poNumber: shipment.poNumber)
            if groups[key] == nil { keys.append(key) }
            groups[key, default: []].append(place)
        }
        let elements = keys.compactMap { groups[$0] }.map { places in (order(places.map { shipments[$0] }), places) }
        return DSCOBatching.cut(elements, largestBody: largestBody)
    }

    private static func parcel(_ shipment: Shipment) -> JSON {
        var object = JSONObject()
        object.add("trackingNumber", shipment.trackingNumber)
        object.add("shipDate", DSCODate.text(shipment.shipDate))
        object.add("shipCarrier", shipment.carrier)
        object.add("shipMethod", shipment.method)
        object.add("shippingServiceLevelCode", shipment.serviceLevelCode)
        object.add("warehouseCode", shipment.warehouseCode)
        object.append("lineItems", .array(shipment.lines.map(line)))
        return .object(object)
    }

    private static func line(_ line: Shipment.Line) -> JSON {
        var object = JSONObject()
        object.add("lineNumber", line.lineNumber)
        object.add("dscoItemId", line.dscoItemID)
        object.add("sku", line.sku)
        object.add("partnerSku", line.partnerSKU)
        object.add("quantity", line.quantity)
        if line.spansPackages { object.append("packageSpanFlag", true) }
        return .object(object)
    }
}
