import FoundationEssentials

extension DSCOOrder {
    /// The order as `GET /order/` and `GET /order/page` show it, with the quirks that were observed (DSCO contract 3.3).
    func wire(_ world: FixedWorld) -> Wire {
        if scenario == .unreadable { return unreadable(world) }
        let retailer = world.retailers[retailer]
        let level = world.levels[level]
        let place = warehouse.map { world.warehouses[$0] }
        let created = Timestamps.dsco(created)
        let due = Timestamps.dsco(self.created.addingTimeInterval(2 * 86400))
        // Orders differ in how they name the warehouse: all by the final set, every fifth by the requested set alone.
        let onlyRequested = id.isMultiple(of: 5)
        return .compact([
            ("poNumber", .string(po)), ("dscoOrderId", .string(String(id))),
            ("consumerOrderNumber", .string(consumerOrderNumber)),
            ("supplierOrderNumber", supplierOrderNumber.map(Wire.string)),
            ("orderType", id.isMultiple(of: 3) ? "Dropship" : "dropship"),
            ("dscoStatus", scenario == .statusAbsent ? .null : scenario == .unknownStatus ? "on_hold" : .string(status)),
            ("dscoLifecycle", scenario == .unknownStatus ? "parked" : .string(lifecycle.rawValue)),
            ("dscoRetailerId", .string(retailer.id)), ("dscoSupplierId", .string(FixedWorld.supplierID)),
            ("dscoSupplierName", "Example Supplier"), ("dscoTradingPartnerId", .null), ("dscoTradingPartnerName", .null),
            ("testFlag", .bool(scenario == .testOrder)),
            ("currencyCode", scenario == .currencyAbsent ? nil : "USD"),
            ("retailerCreateDate", .string(created)), ("consumerOrderDate", .string(created)),
            ("dscoCreateDate", .string(created)),
            ("dscoLastUpdate", .string(Timestamps.dsco(updated))), ("shipByDate", .string(due)),
            ("dscoShipLateDate", .string(due)),
            ("requestedShipCarrier", .string(level.carrier)), ("requestedShipMethod", .string(level.method)),
            ("requestedShippingServiceLevelCode", .string(level.code)), ("shipCarrier", .string(level.carrier)),
            ("shipMethod", .string(level.method)), ("shippingServiceLevelCode", .string(level.code)),
            ("requestedWarehouseCode", place.map { .string($0.code) }),
            ("requestedWarehouseDscoId", place.map { .string($0.dscoID) }),
            ("shipWarehouseCode", onlyRequested ? .null : place.map { .string($0.code) }),
            ("shipWarehouseDscoId", onlyRequested ? .null : place.map { .string($0.dscoID) }),
            ("cancelRequested", .bool(cancelRequested)), ("cancelRequestedCode", cancelRequested ? "CXSC" : .null),
            ("signatureRequiredFlag", false), ("giftFlag", false), ("expediteFlag", false), ("message", .null),
            ("shipping", recipient.wire(edits: edits, id: id)), ("billTo", .object([])), ("buyer", .null),
            ("marketplaceType", .null),
            ("lineItems", .array(lines.indices.map { line($0, world) })),
            ("packages", packages.isEmpty ? nil : .array(packages.map { package($0, world) })),
        ])
    }

    private func line(_ index: Int, _ world: FixedWorld) -> Wire {
        let line = lines[index]
        let product = world.products[line.product]
        let identified = scenario != .unidentifiedLine
        let shipped = shipped(index)
        let status: Wire? =
            line.cancelled == line.quantity ? "cancelled" : shipped > 0 || line.acceptedByAck > 0 ? "accepted" : nil
        return .compact(
            [
                ("lineNumber", .integer(line.number)),
                ("sku", identified ? .string(product.sku) : nil),
                ("partnerSku", identified ? line.partnerSKU.map(Wire.string) : nil),
                ("dscoItemId", identified ? .string(product.dscoItemID) : nil), ("upc", identified ? .string(product.upc) : nil),
                ("quantity", .integer(line.quantity)),
            ] + prices(line, product) + [
                ("acceptedQuantity", .integer(max(shipped, line.acceptedByAck))), ("rejectedQuantity", 0),
                ("cancelledQuantity", .integer(line.cancelled)), ("cancelRequested", .bool(line.cancelRequested)),
                ("cancelRequestedCode", line.cancelRequested ? "CXSC" : nil), ("readyForPickup", false),
                ("expectedCostAdjustmentAllowed", false), ("productGroup", .string(product.sku)),
                ("title", .string(product.title)),
                ("status", status),
                ("cancelCode", line.cancelled > 0 ? "CXSC" : nil),
                ("statusReason", line.lastTracking.map { .string("Tracking # \($0) added") }),
            ])
    }

    /// Which prices an order shows differs from retailer to retailer; the first one in the default order is `unitCents`.
    private func prices(_ line: Line, _ product: FixedWorld.Product) -> [(String, Wire?)] {
        let cents = unitCents(line, product)
        guard let cents else { return [] }
        let price = Wire.number(Money.text(cents: cents))
        let cost = Wire.number(Money.text(cents: cents * 6 / 10))
        switch retailer {
        case 1:
            return [("consumerPrice", price), ("retailPrice", .number(Money.text(cents: cents + 500))), ("expectedCost", cost)]
        case 2: return [("expectedCost", price)]
        default:
            return [
                ("consumerPriceWithTax", price), ("consumerPrice", .number(Money.text(cents: cents * 9 / 10))),
                ("expectedCost", cost),
            ]
        }
    }

    /// What one unit is pushed and invoiced at under the default order of prices (design 5); nil when no price is given.
    func unitCents(_ line: Line, _ product: FixedWorld.Product) -> Int? {
        switch scenario {
        case .missingPrice: isPriced ? product.cents : nil
        case .zeroPrice: 0
        default: product.cents
        }
    }

    private func package(_ package: Package, _ world: FixedWorld) -> Wire {
        .compact([
            ("trackingNumber", .string(package.tracking)), ("untracked", false), ("shipCarrier", .optional(package.carrier)),
            ("shipMethod", .optional(package.method)), ("shippingServiceLevelCode", .optional(package.level)),
            ("shipDate", .optional(package.shipDate)), ("shipCost", 0), ("warehouseCode", .optional(package.warehouse)),
            ("dscoPackageId", .integer(package.id)), ("returnedFlag", false),
            (
                "items",
                .array(
                    package.items.map { item in
                        let line = lines.first { $0.number == item.line }
                        return .compact([
                            ("lineNumber", .integer(item.line)), ("sku", line.map { .string(world.products[$0.product].sku) }),
                            ("dscoItemId", line.map { .string(world.products[$0.product].dscoItemID) }),
                            ("quantity", .integer(item.quantity)), ("originalOrderQuantity", line.map { .integer($0.quantity) }),
                            ("packageSpanFlag", .bool(item.spans)),
                        ])
                    })
            ), ("ssccBarcode", .null), ("tracking_url", .null),
        ])
    }

    /// Neither its number nor its lines are what the contract says.
    private func unreadable(_ world: FixedWorld) -> Wire {
        [
            "poNumber": ["value": .string(po)], "dscoOrderId": .string(String(id)), "dscoStatus": "created",
            "dscoLifecycle": "created",
            "dscoRetailerId": .string(world.retailers[retailer].id), "dscoCreateDate": .string(Timestamps.dsco(created)),
            "dscoLastUpdate": .string(Timestamps.dsco(updated)), "shipping": "see attachment", "lineItems": "see attachment",
        ]
    }
}

extension Recipient {
    /// Half of the orders give the street as a list, half as single fields, as both occur (DSCO contract 3.3).
    func wire(edits: Int, id: Int) -> Wire {
        let street = self.street(edits: edits)
        let lines = [street, address2].compactMap { $0 }.map(Wire.string)
        let asList = id.isMultiple(of: 2)
        return .compact([
            ("name", asList ? .string("\(first) \(last)") : nil), ("firstName", .string(first)), ("lastName", .string(last)),
            ("address", asList && street != nil ? .array(lines) : nil), ("address1", asList ? nil : street.map(Wire.string)),
            ("address2", asList ? nil : address2.map(Wire.string)), ("city", .string(city)), ("region", .optional(region)),
            ("state", region.map(Wire.string)), ("postal", .string(postal)), ("country", country.map(Wire.string)),
            ("phone", phone.map(Wire.string)), ("email", "nobody@example.com"),
        ])
    }

    /// The first line of the address after so many edits.
    func street(edits: Int) -> String? {
        address1.map { edits == 0 ? $0 : "\($0) (edit \(edits))" }
    }
}
