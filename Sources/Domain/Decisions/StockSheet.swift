/// LingXing's stock in DSCO's words: units per DSCO SKU and warehouse code.
struct StockSheet: Sendable {
    private(set) var quantities: [String: [String: Int]] = [:]
    private(set) var conflicts: [StockPlan.Conflict] = []
    /// The codes whose warehouse is mapped and not deleted.
    let codes: Set<String>

    init(_ rows: [LingXingStockRow], _ warehouses: [LingXingWarehouse], _ mapping: RuntimeConfiguration.Mapping) {
        let live = Set(warehouses.filter { !$0.isDeleted }.map(\.wid))
        let codeOfWarehouse = Dictionary(
            mapping.warehouse.filter { live.contains($0.value) }.map { ($0.value, $0.key) }, uniquingKeysWith: min)
        codes = Set(codeOfWarehouse.values)
        let skuOfLingXing = Dictionary(mapping.sku.map { ($0.value, $0.key) }, uniquingKeysWith: min)
        var origins: [String: Set<String>] = [:]
        for row in rows {
            guard let code = codeOfWarehouse[row.wid], let name = row.sku.nonBlank, name.isUsableName else { continue }
            let sku = skuOfLingXing[name] ?? name
            origins[sku, default: []].insert(name)
            let sum = quantities[sku, default: [:]][code, default: 0]
            // Beyond any real stock the figure only has to stay a number; rows below zero still count against the others.
            quantities[sku, default: [:]][code] = sum + min(max(row.available, -UnitLimit.most), UnitLimit.most)
        }
        quantities = quantities.mapValues { $0.mapValues(UnitLimit.clamped) }
        conflicts = origins.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
            .map { StockPlan.Conflict(sku: $0.key, lingXingSKUs: $0.value.sorted()) }
    }

    /// Every warehouse code the SKU has or had.
    func codes(of sku: String, _ level: StockPlan.Level?) -> Set<String> {
        Set((quantities[sku] ?? [:]).keys).union(level?.confirmed?.warehouses.map(\.code) ?? [])
    }

    func rows(_ sku: String, _ level: StockPlan.Level?, result: StockPlan.HistoryRow.Result) -> [StockPlan.HistoryRow] {
        let before = Dictionary(
            (level?.confirmed?.warehouses ?? []).map { ($0.code, $0.quantity) }, uniquingKeysWith: { first, _ in first })
        return codes(of: sku, level).sorted().map { code in
            StockPlan.HistoryRow(
                sku: sku, warehouseCode: code, lingXingQuantity: quantities[sku]?[code] ?? 0, dscoQuantity: before[code],
                result: result)
        }
    }
}

/// One SKU's units per warehouse on the way to its figure.
struct SKUCount: Sendable {
    private let sku: String
    private var quantities: [String: Int]
    /// How many complete passes in a row now lack stock that DSCO was told of.
    let missingPasses: Int

    /// A warehouse that had stock and is not listed keeps its last figure for one pass, and counts 0 from the second on. One that is no
    /// longer mapped, or deleted, counts 0 at once.
    init(_ sku: String, sheet: StockSheet, level: StockPlan.Level) {
        self.sku = sku
        let listed = sheet.quantities[sku] ?? [:]
        let before = level.confirmed?.warehouses ?? []
        let missing = before.filter { $0.quantity > 0 && listed[$0.code] == nil && sheet.codes.contains($0.code) }
        missingPasses = missing.isEmpty ? 0 : min(level.missingPasses + 1, 2)
        quantities = listed
        kept = [:]
        for warehouse in before where listed[warehouse.code] == nil {
            if sheet.codes.contains(warehouse.code) {
                if missingPasses == 1, warehouse.quantity > 0 {
                    kept[warehouse.code] = warehouse.quantity
                } else {
                    quantities[warehouse.code] = 0
                }
            } else if warehouse.quantity > 0 {
                quantities[warehouse.code] = 0
            }
        }
    }

    /// Figures carried over from the last confirmed one, from which nothing is taken again.
    private var kept: [String: Int]

    var figure: StockFigure {
        StockFigure(
            sku: sku,
            warehouses: quantities.merging(kept) { listed, _ in listed }
                .map { StockFigure.WarehouseQuantity(code: $0.key, quantity: $0.value) })
    }

    mutating func subtract(reserve: Int) {
        quantities = quantities.mapValues { max(0, $0 - reserve) }
    }

    /// From the order's warehouse, as far as it has any: DSCO takes them off that one alone (DSCO contract 7). What names none comes off the
    /// fullest ones.
    mutating func subtract(_ pending: [StockPlan.PendingUnits]) {
        var rest = 0
        for units in pending {
            if let code = units.warehouseCode, let quantity = quantities[code] {
                quantities[code] = max(0, quantity - units.quantity)
            } else {
                rest += units.quantity
            }
        }
        for (code, quantity) in quantities.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) where rest > 0 {
            let share = min(quantity, rest)
            quantities[code] = quantity - share
            rest -= share
        }
    }
}
