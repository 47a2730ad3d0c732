package import JSON

/// The names by which DSCO and we speak of an order line, on package items, shipments and invoices (DSCO contract 11.6).
package struct LineName: LedgerValue, Sendable, Hashable {
    package var lineNumber: Int?
    package var dscoItemID: String?
    package var sku: String?
    package var partnerSKU: String?

    package init(lineNumber: Int? = nil, dscoItemID: String? = nil, sku: String? = nil, partnerSKU: String? = nil) {
        self.lineNumber = lineNumber
        self.dscoItemID = dscoItemID
        self.sku = sku
        self.partnerSKU = partnerSKU
    }

    package init(_ json: JSONReader) throws(JSONError) {
        self.init(
            lineNumber: try json.int(ifPresent: "lineNumber"), dscoItemID: try json.string(ifPresent: "dscoItemID"),
            sku: try json.string(ifPresent: "sku"), partnerSKU: try json.string(ifPresent: "partnerSKU"))
    }

    package var json: JSON { .object(members) }

    var members: JSONObject {
        var members = JSONObject()
        members.add("lineNumber", lineNumber)
        members.add("dscoItemID", dscoItemID)
        members.add("sku", sku)
        members.add("partnerSKU", partnerSKU)
        return members
    }

    /// Whether the two share an item name that says different things.
    fileprivate func contradicts(_ other: LineName) -> Bool {
        func differ(_ left: String?, _ right: String?) -> Bool { left != nil && right != nil && left != right }
        return differ(dscoItemID, other.dscoItemID) || differ(sku, other.sku)
    }
}

extension OrderLine {
    package var name: LineName { LineName(lineNumber: lineNumber, dscoItemID: dscoItemID, sku: sku, partnerSKU: partnerSKU) }
}

extension OrderPackage.Item {
    package var name: LineName { LineName(lineNumber: lineNumber, dscoItemID: dscoItemID, sku: sku, partnerSKU: partnerSKU) }
}

extension Shipment.Line {
    package var name: LineName { LineName(lineNumber: lineNumber, dscoItemID: dscoItemID, sku: sku, partnerSKU: partnerSKU) }
}

extension Order {
    /// The lines that a name may mean, in line order: by line number unless an item name contradicts it, else by the first item name
    /// that any line has. Several lines carry the same item when only the line number tells them apart.
    func lines(named name: LineName) -> [Int] {
        if let number = name.lineNumber {
            let found = lines.indices.filter { lines[$0].lineNumber == number && !lines[$0].name.contradicts(name) }
            if !found.isEmpty { return found }
        }
        let rules: [(LineName) -> String?] = [\.dscoItemID, \.sku, \.partnerSKU]
        for rule in rules {
            guard let wanted = rule(name) else { continue }
            let found = lines.indices.filter { rule(lines[$0].name) == wanted }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// How people and facts call a line: its number, else its place.
    func label(_ index: Int) -> String { "line \(lines[index].lineNumber ?? index + 1)" }
}
