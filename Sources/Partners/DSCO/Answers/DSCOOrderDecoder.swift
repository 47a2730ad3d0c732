package import Domain
import FoundationEssentials
import JSON

/// Reads a DSCO order (DSCO contract 3.3).
///
/// Lenient where the contract is: any field may be null or absent, numbers may be strings, words may be in any case, unknown
/// words and fields are passed over, and a date nobody can read is no date. Strict where identity, units or money would suffer:
/// then the whole order is refused, so that it is set aside for a person and not sent wrongly.
package enum DSCOOrderDecoder {
    package static func decode(_ payload: some Collection<UInt8>) throws(DSCODecodingError) -> Order {
        do {
            return try order(JSONReader(JSONDocument(payload as? [UInt8] ?? Array(payload)).root))
        } catch {
            throw DSCODecodingError(error)
        }
    }

    private static func order(_ json: JSONReader) throws(JSONError) -> Order {
        let number = try json.require("poNumber")
        guard let poNumber = number.value.text, !poNumber.isBlank else { throw number.fault("is empty or no text") }
        try check(poNumber, number)
        let dscoOrderID = try identifier(json, "dscoOrderId")
        if let dscoOrderID { try check(dscoOrderID, json.require("dscoOrderId")) }
        let lines = try json.require("lineItems")
        var order = Order(dscoOrderID: dscoOrderID, poNumber: poNumber, lines: try bounded(lines.elements(), lines).map(line))
        order.retailerID = try identifier(json, "dscoRetailerId")
        order.dscoStatus = word(json, "dscoStatus").flatMap(Order.DSCOStatus.init)
        order.lifecycle = word(json, "dscoLifecycle").flatMap(Order.Lifecycle.init)
        // Goods must not leave because a wish to cancel could not be read.
        order.isCancelRequested = try json.bool(ifPresent: "cancelRequested") ?? false
        order.currency = try code(json, "currencyCode")
        if let packages = try json.member("packages") {
            order.packages = try bounded(packages.elements(), packages).map(package)
            guard order.packages.reduce(0, { $0 + $1.items.count }) <= mostParts else { throw tooMany(packages) }
        }
        order.shipping = address(json.value["shipping"])
        readDates(json, into: &order)
        try readLogistics(json, into: &order)
        return order
    }

    /// The most lines of an order, packages, and items in packages. Lines, packages and goods are compared each with each.
    private static let mostParts = 1000

    private static func bounded(_ parts: [JSONReader], _ json: JSONReader) throws(JSONError) -> [JSONReader] {
        guard parts.count <= mostParts else { throw tooMany(json) }
        return parts
    }

    private static func tooMany(_ json: JSONReader) -> JSONError { json.fault("holds more than \(mostParts) entries") }

    private static func check(_ number: String, _ json: JSONReader) throws(JSONError) {
        guard number.isUsableOrderNumber else {
            throw json.fault("is longer than \(String.longestName) bytes, or has blanks around it or invisible characters")
        }
    }

    private static func readDates(_ json: JSONReader, into order: inout Order) {
        order.created = date(json, "dscoCreateDate")
        order.updated = date(json, "dscoLastUpdate")
        order.acknowledgeBy = date(json, "acknowledgeByDate")
        order.shipBy = date(json, "shipByDate")
        order.invoiceBy = date(json, "invoiceByDate")
        order.consumerOrderDate = date(json, "consumerOrderDate")
    }

    private static func readLogistics(_ json: JSONReader, into order: inout Order) throws(JSONError) {
        order.shipWarehouseCode = try code(json, "shipWarehouseCode")
        order.requestedWarehouseCode = try code(json, "requestedWarehouseCode")
        order.shipCarrier = try code(json, "shipCarrier")
        order.requestedShipCarrier = try code(json, "requestedShipCarrier")
        order.shipMethod = try code(json, "shipMethod")
        order.requestedShipMethod = try code(json, "requestedShipMethod")
        order.shippingServiceLevelCode = try code(json, "shippingServiceLevelCode")
        order.requestedShippingServiceLevelCode = try code(json, "requestedShippingServiceLevelCode")
    }

    private static func line(_ json: JSONReader) throws(JSONError) -> OrderLine {
        var line = OrderLine(quantity: try units(json.require("quantity"), atLeast: 1))
        line.lineNumber = try json.int(ifPresent: "lineNumber")
        line.dscoItemID = try identifier(json, "dscoItemId")
        line.sku = try identifier(json, "sku")
        line.partnerSKU = try identifier(json, "partnerSku")
        line.cancelledQuantity =
            try json.member("cancelledQuantity").map { reader throws(JSONError) in try units(reader, atLeast: 0) } ?? 0
        line.consumerPriceWithTax = try price(json, "consumerPriceWithTax")
        line.consumerPrice = try price(json, "consumerPrice")
        line.retailPrice = try price(json, "retailPrice")
        line.expectedCost = try price(json, "expectedCost")
        line.warehouseCode = try code(json, "warehouseCode")
        return line
    }

    /// A package tells which units have already gone, so its items are read as strictly as the lines.
    private static func package(_ json: JSONReader) throws(JSONError) -> OrderPackage {
        OrderPackage(trackingNumber: try identifier(json, "trackingNumber") ?? "", items: try json.elements("items").map(item))
    }

    private static func item(_ json: JSONReader) throws(JSONError) -> OrderPackage.Item {
        var item = OrderPackage.Item(quantity: try units(json.require("quantity"), atLeast: 0))
        item.lineNumber = try json.int(ifPresent: "lineNumber")
        item.dscoItemID = try identifier(json, "dscoItemId")
        item.sku = try identifier(json, "sku")
        item.partnerSKU = try identifier(json, "partnerSku")
        return item
    }

    private static func address(_ json: JSONView?) -> ShippingAddress {
        var address = ShippingAddress()
        guard let json, json.isObject else { return address }
        func text(_ key: String) -> String? { json[key].flatMap(lenientText) }
        address.name = text("name")
        address.firstName = text("firstName")
        address.lastName = text("lastName")
        address.address1 = text("address1")
        address.address2 = text("address2")
        address.address = json["address"]?.array?.compactMap(lenientText) ?? []
        address.city = text("city")
        address.region = text("region")
        address.state = text("state")
        address.postalCode = text("postal")
        address.country = text("country")
        address.phone = text("phone")
        return address
    }

    // MARK: Kinds of fields

    private static func units(_ json: JSONReader, atLeast least: Int) throws(JSONError) -> Int {
        let units = try json.int()
        guard units >= least else { throw json.fault("is less than \(least)") }
        guard units <= UnitLimit.most else { throw json.fault("is more than \(UnitLimit.most)") }
        return units
    }

    private static func price(_ json: JSONReader, _ key: String) throws(JSONError) -> Decimal? {
        guard let member = try json.member(key) else { return nil }
        let price = try member.decimal()
        guard price >= 0 else { throw member.fault("is negative") }
        guard price < Money.priceLimit else { throw member.fault("is not below \(Money.priceLimit)") }
        return price
    }

    /// An id or a SKU: empty counts as absent, another kind of value is a fault.
    private static func identifier(_ json: JSONReader, _ key: String) throws(JSONError) -> String? {
        guard let member = try json.member(key) else { return nil }
        let text = try member.text()
        return text.isBlank ? nil : try usable(text, member)
    }

    /// A code: lenient about its kind, but one that could not be stored or shown is a fault.
    private static func code(_ json: JSONReader, _ key: String) throws(JSONError) -> String? {
        guard let member = try json.member(key), let text = lenientText(member.value) else { return nil }
        return try usable(text, member)
    }

    private static func usable(_ text: String, _ json: JSONReader) throws(JSONError) -> String {
        guard text.isUsableName else { throw json.fault("is longer than \(String.longestName) bytes, or has control characters") }
        return text
    }

    private static func text(_ json: JSONReader, _ key: String) -> String? { json.value[key].flatMap(lenientText) }

    private static func word(_ json: JSONReader, _ key: String) -> String? { text(json, key)?.lowercased() }

    private static func date(_ json: JSONReader, _ key: String) -> Date? { text(json, key).flatMap(DSCODate.parse) }

    private static func lenientText(_ json: JSONView) -> String? {
        guard let text = json.text?.withoutNUL, !text.isBlank else { return nil }
        return text
    }
}

extension String {
    fileprivate var isBlank: Bool {
        if let first = utf8.first, (0x21...0x7E).contains(first) { return false }
        return allSatisfy(\.isWhitespace)
    }
}
