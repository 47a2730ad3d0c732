import FoundationEssentials

extension NewLingXingOrder {
    /// What keeps an order from being written down for LingXing.
    struct Problem: Error {
        var hold: Hold
    }

    /// The order as LingXing takes it: lines, then prices, then the address, then the warehouse, since this is how likely and how costly
    /// a mistake in them is.
    static func built(
        _ record: OrderRecord, units: OrderUnits, identity: OutgoingIdentity, configuration: RuntimeConfiguration
    ) -> Result<NewLingXingOrder, Problem> {
        let order = record.order
        let open = order.lines.indices.filter { units.left[$0] > 0 }
        let unidentified = open.filter { order.lines[$0].msku == nil }
        if !unidentified.isEmpty { return problem(.lineUnidentified, unidentified.map(order.label).facts) }
        let prices = configuration.push.unitPrice
        let unpriced = open.filter { order.lines[$0].price(prices) == nil }
        if !unpriced.isEmpty { return problem(.priceMissing, unpriced.map(order.label).facts) }
        let items = open.compactMap { index -> Item? in
            guard let msku = order.lines[index].msku, let price = order.lines[index].price(prices) else { return nil }
            return Item(msku: msku, quantity: units.left[index], unitPrice: price)
        }

        let address = order.shipping
        let required: [(String, String?)] = [
            ("name", address.receiver), ("country", address.countryCode), ("city", address.city?.nonBlank),
            ("address1", address.line1),
        ]
        let missing = required.filter { $0.1 == nil }.map(\.0)
        guard missing.isEmpty, let name = address.receiver, let country = address.countryCode, let city = address.city?.nonBlank,
            let line1 = address.line1
        else { return problem(.addressIncomplete, missing.facts) }

        var result = NewLingXingOrder(
            storeID: identity.storeID, platformOrderNo: identity.number, receiverName: name, countryCode: country, city: city,
            addressLine1: line1, items: items)
        if configuration.push.includeContact {
            result.addressLine2 = address.line2
            result.region = address.region?.nonBlank ?? address.state?.nonBlank
            result.postalCode = address.postalCode?.nonBlank
            result.phone = address.phone?.nonBlank
        }
        result.currency = order.currency?.nonBlank
        result.purchased = order.consumerOrderDate ?? order.created
        return result.routed(record, configuration)
    }

    /// With warehouse and method, or with neither: LingXing takes them together only (LingXing contract 8.1).
    private func routed(_ record: OrderRecord, _ configuration: RuntimeConfiguration) -> Result<NewLingXingOrder, Problem> {
        guard let code = record.order.warehouseCode?.nonBlank, let warehouse = configuration.mapping.warehouse[code]?.nonBlank,
            let route = record.order.logisticsRoute
        else {
            return .success(self)
        }
        guard let method = configuration.mapping.shipment[route]?.nonBlank else {
            // A release says: send it without, LingXing's staff choose.
            if let hold = record.raised(.logisticsUnmapped, route) { return .failure(Problem(hold: hold)) }
            return .success(self)
        }
        var result = self
        result.warehouseID = warehouse
        result.logisticsTypeID = method
        return .success(result)
    }

    private static func problem(_ reason: HoldReason, _ facts: String) -> Result<NewLingXingOrder, Problem> {
        .failure(Problem(hold: Hold(reason, facts: facts)))
    }
}

extension OrderLine {
    /// What LingXing knows the goods by: the partner's SKU, else the SKU (design 6, push).
    package var msku: String? { partnerSKU?.nonBlank ?? sku?.nonBlank }

    /// The first price of the list that is present; 0 counts as present, less than 0 does not (design 1, unit price).
    func price(_ fields: [RuntimeConfiguration.PriceField]) -> Decimal? {
        fields.lazy.compactMap { field in
            switch field {
            case .consumerPriceWithTax: self.consumerPriceWithTax
            case .consumerPrice: self.consumerPrice
            case .retailPrice: self.retailPrice
            case .expectedCost: self.expectedCost
            }
        }.first { $0 >= 0 }
    }
}

extension Order {
    /// What `mapping.shipment` knows warehouse and service level by; `nil` without a warehouse.
    package var logisticsRoute: String? { warehouseCode?.nonBlank.map { Domain.logisticsRoute($0, serviceLevel) } }

    var serviceLevel: String? { shippingServiceLevelCode?.nonBlank ?? requestedShippingServiceLevelCode?.nonBlank }
}

extension ShippingAddress {
    var receiver: String? { name?.nonBlank ?? [firstName, lastName].compactMap { $0?.nonBlank }.joined(separator: " ").nonBlank }

    private var streetLines: [String] { address.compactMap(\.nonBlank) }

    var line1: String? { address1?.nonBlank ?? streetLines.first }

    var line2: String? { address2?.nonBlank ?? streetLines.dropFirst().first }

    /// The two letters that LingXing wants; `nil` when the country is written in a way that we cannot translate.
    var countryCode: String? {
        guard let country = country?.nonBlank?.uppercased() else { return PushDecision.defaultCountry }
        switch country {
        case "USA": return "US"
        case "CAN": return "CA"
        default: return country.count == 2 ? country : nil
        }
    }
}
