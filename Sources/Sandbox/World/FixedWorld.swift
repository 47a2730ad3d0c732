/// What both partners have before the first order: the same for every seed.
package struct FixedWorld: Sendable {
    struct Retailer: Sendable {
        let id: String
        let name: String
        /// nil for a retailer that the operators forgot to map.
        let storeID: String?
        /// What its own SKUs begin with; nil for one that sends no partnerSku.
        let partnerSKUPrefix: String?
    }

    struct Warehouse: Sendable {
        let code: String
        let dscoID: String
        let name: String
        let active: Bool
        /// The warehouse in LingXing, if there is one.
        let wid: Int?
    }

    struct LocalWarehouse: Sendable {
        let wid: Int
        let name: String
        /// 1 local, 3 overseas (LingXing contract 8.7).
        let type: Int
        let deleted: Bool
    }

    struct ServiceLevel: Sendable {
        let code: String
        let carrier: String
        let method: String
        /// As LingXing's staff write it.
        let actualCarrier: String
        let mapped: Bool
    }

    struct Product: Sendable {
        let sku: String
        let dscoItemID: String
        let upc: String
        let title: String
        let cents: Int
        /// Its name in LingXing; nil for one that LingXing does not have.
        let localSKU: String?
        /// The parts of a bundle and how many of each.
        let parts: [(localSKU: String, count: Int)]
    }

    struct LogisticsType: Sendable {
        let id: String
        let name: String
        let wid: Int
        /// 0 API, 2 overseas warehouse: then it belongs to one `wid`.
        let providerType: Int
        let level: ServiceLevel
    }

    static let supplierID = "1000061639"
    static let platformCode = 10009
    static let mappedRetailers = 3
    /// Where plain products begin and end: behind them come the special ones.
    static let plainProducts = 0..<35
    static let bundles = 35..<38
    static let unpairedProduct = 38

    let retailers: [Retailer] = [
        Retailer(id: "1000011436", name: "Pet Corner", storeID: "110658143132021760", partnerSKUPrefix: nil),
        Retailer(id: "1000012001", name: "Home Yard", storeID: "110658143132021761", partnerSKUPrefix: "HY-"),
        Retailer(id: "1000013777", name: "Garden Gate", storeID: "110658143132021762", partnerSKUPrefix: "GG"),
        Retailer(id: "1000099999", name: "Newcomer", storeID: nil, partnerSKUPrefix: nil),
    ]
    let warehouses: [Warehouse] = [
        Warehouse(code: "WH01", dscoID: "w000000000000000000001", name: "East", active: true, wid: 33328),
        Warehouse(code: "WH02", dscoID: "w000000000000000000002", name: "West", active: true, wid: 33329),
        Warehouse(code: "WH03", dscoID: "w000000000000000000003", name: "Overflow", active: true, wid: nil),
        Warehouse(code: "WH04", dscoID: "w000000000000000000004", name: "Closed", active: false, wid: nil),
    ]
    let localWarehouses: [LocalWarehouse] = [
        LocalWarehouse(wid: 33328, name: "US-East", type: 3, deleted: false),
        LocalWarehouse(wid: 33329, name: "US-West", type: 1, deleted: false),
        LocalWarehouse(wid: 33330, name: "旧仓", type: 1, deleted: true),
    ]
    let levels: [ServiceLevel] = [
        ServiceLevel(code: "FEHD", carrier: "FedEx", method: "Home Delivery", actualCarrier: "FEDEX", mapped: true),
        ServiceLevel(code: "UPCG", carrier: "UPS", method: "Ground", actualCarrier: "UPS", mapped: true),
        ServiceLevel(code: "USPM", carrier: "USPS", method: "Priority Mail", actualCarrier: "USPS", mapped: true),
        ServiceLevel(code: "FE2D", carrier: "FedEx", method: "2Day", actualCarrier: "FEDEX", mapped: false),
    ]
    let products: [Product]
    let logisticsTypes: [LogisticsType]
    /// Positions in `products`.
    let productByLocalSKU: [String: Int]
    /// By store and msku: LingXing's pair list.
    private let productByPair: [String: [String: Int]]

    package init(skus: Int = 40) {
        products = (0..<max(40, skus)).map { index in
            let sku = "SKU-\(1001 + index)"
            let local = index == Self.unpairedProduct ? nil : (30..<35).contains(index) ? sku : "LX-\(1001 + index)"
            return Product(
                sku: sku, dscoItemID: String(1_310_486_901 + index), upc: Self.upc(index), title: "Example item \(1001 + index)",
                cents: 799 + (index * 1637) % 9200, localSKU: local,
                parts: Self.bundles.contains(index) ? [("LX-PART-\(index)A", 1), ("LX-PART-\(index)B", 2)] : [])
        }
        let all = products.enumerated()
        productByLocalSKU = Dictionary(
            uniqueKeysWithValues: all.compactMap { index, product in product.localSKU.map { ($0, index) } })
        var pairs: [String: [String: Int]] = [:]
        for retailer in retailers {
            guard let store = retailer.storeID else { continue }
            for (index, product) in all where product.localSKU != nil {
                pairs[store, default: [:]][product.sku] = index
                if let prefix = retailer.partnerSKUPrefix { pairs[store, default: [:]]["\(prefix)\(1001 + index)"] = index }
            }
        }
        productByPair = pairs
        logisticsTypes = [33328, 33329].enumerated().flatMap { [levels] place, wid in
            levels.filter(\.mapped).enumerated().map { number, level in
                LogisticsType(
                    id: String(203_662_740_883_276_800 + place * 10 + number), name: "\(level.carrier) \(level.method)", wid: wid,
                    providerType: wid == 33328 ? 2 : 0, level: level)
            }
        }
    }

    /// The SKU that a retailer calls a product by; nil when it names none of its own.
    func partnerSKU(_ product: Int, retailer: Int) -> String? {
        retailers[retailer].partnerSKUPrefix.map { "\($0)\(1001 + product)" }
    }

    /// The local SKU that a shop's msku is paired with.
    func paired(_ msku: String, store: String) -> String? {
        productByPair[store]?[msku].flatMap { products[$0].localSKU }
    }

    func warehouse(code: String) -> Warehouse? {
        warehouses.first { $0.code == code }
    }

    /// Twelve digits with a valid check digit.
    private static func upc(_ index: Int) -> String {
        let digits = "76031\(String(427_615 + index).prefix(6))"
        let sum = digits.enumerated().reduce(0) {
            $0 + ($1.offset.isMultiple(of: 2) ? 3 : 1) * ($1.element.wholeNumberValue ?? 0)
        }
        return "\(digits)\((10 - sum % 10) % 10)"
    }
}
