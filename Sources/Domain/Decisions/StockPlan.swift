package import FoundationEssentials

/// What stock sends after one complete pass over LingXing's stock (design 6, stock). Never made from an incomplete read (design 9.7).
package struct StockPlan: Sendable, Hashable {
    /// What is remembered about a SKU at DSCO.
    package struct Level: Sendable, Hashable {
        /// The figure that DSCO confirmed last.
        package var confirmed: StockFigure?
        /// When the confirmed figure went on its way; `nil` when a later one ended in doubt: DSCO may show that one, so the next figure goes
        /// whatever it is.
        package var confirmedAt: Date?
        /// Complete passes in a row in which LingXing lacked stock that the confirmed figure has.
        package var missingPasses: Int
        /// When DSCO last said that it does not know the SKU.
        package var unknownAt: Date?

        package init(confirmed: StockFigure? = nil, confirmedAt: Date? = nil, missingPasses: Int = 0, unknownAt: Date? = nil) {
            self.confirmed = confirmed
            self.confirmedAt = confirmedAt
            self.missingPasses = missingPasses
            self.unknownAt = unknownAt
        }
    }

    /// Units that DSCO has sold and LingXing does not know yet: of our orders at status 1.
    package struct PendingUnits: Sendable, Hashable {
        package var sku: String
        /// `nil` when the order names no warehouse.
        package var warehouseCode: String?
        package var quantity: Int

        package init(sku: String, warehouseCode: String?, quantity: Int) {
            self.sku = sku
            self.warehouseCode = warehouseCode
            self.quantity = quantity
        }
    }

    /// A line of the stock history: one SKU in one warehouse.
    package struct HistoryRow: Sendable, Hashable {
        package enum Result: String, Sendable, Hashable { case sent, conflict }

        package var sku: String
        package var warehouseCode: String
        /// As LingXing lists it, before reserve and pending units.
        package var lingXingQuantity: Int
        /// The last confirmed quantity at DSCO.
        package var dscoQuantity: Int?
        package var result: Result

        package var difference: Int? { dscoQuantity.map { lingXingQuantity - $0 } }
    }

    /// LingXing SKUs that fall on one DSCO SKU, which is left out.
    package struct Conflict: Sendable, Hashable {
        package var sku: String
        package var lingXingSKUs: [String]
    }

    /// To be sent, in order of the SKUs.
    package var figures: [StockFigure] = []
    package var history: [HistoryRow] = []
    package var conflicts: [Conflict] = []
    /// The new count of missing passes, for the SKUs where it changes.
    package var missingPasses: [String: Int] = [:]

    /// - Parameters:
    ///   - rows: every row of the pass; rows of one SKU and warehouse are summed.
    ///   - warehouses: LingXing's list: rows of deleted and unlisted ones do not count.
    ///   - levels: by DSCO SKU.
    ///   - underWay: DSCO SKUs with a figure on its way: one batch in flight per SKU.
    ///   - moved: DSCO SKUs whose figure DSCO changed by itself since it was on its way: they are sent whatever they are.
    ///   - unreadable: LingXing SKUs of which a row could not be read: they are unknown in this pass, neither sent nor missing.
    package init(
        rows: [LingXingStockRow], warehouses: [LingXingWarehouse], levels: [String: Level], pending: [PendingUnits],
        underWay: Set<String>, moved: Set<String> = [], unreadable: Set<String> = [], configuration: RuntimeConfiguration,
        now: Date
    ) {
        let sheet = StockSheet(rows, warehouses, configuration.mapping)
        conflicts = sheet.conflicts
        let conflicting = Set(conflicts.map(\.sku))
        let pendingBySKU = Dictionary(grouping: pending, by: \.sku)
        let unknown = unreadable.union(configuration.mapping.sku.filter { unreadable.contains($0.value) }.keys)
        let skus = Set(sheet.quantities.keys).union(levels.filter { $0.value.confirmed != nil }.keys).subtracting(unknown)
        for sku in skus.sorted() where configuration.stock.chooses(sku, codes: sheet.codes(of: sku, levels[sku])) {
            if conflicting.contains(sku) {
                history += sheet.rows(sku, levels[sku], result: .conflict)
                continue
            }
            var level = levels[sku] ?? Level()
            if moved.contains(sku) { level.confirmedAt = nil }
            var count = SKUCount(sku, sheet: sheet, level: level)
            if count.missingPasses != level.missingPasses { missingPasses[sku] = count.missingPasses }
            count.subtract(reserve: configuration.stock.reserve)
            count.subtract(pendingBySKU[sku] ?? [])
            guard !underWay.contains(sku), level.isDue(count.figure, includeZero: configuration.stock.includeZero, now: now)
            else { continue }
            figures.append(count.figure)
            history += sheet.rows(sku, level, result: .sent)
        }
    }

    /// The pending units of orders at status 1, by DSCO SKU.
    package static func pendingUnits(of orders: some Sequence<Order>) -> [PendingUnits] {
        orders.flatMap { order in
            let units = OrderUnits(of: order)
            return order.lines.indices.compactMap { index -> PendingUnits? in
                guard let sku = order.lines[index].sku?.nonBlank, units.left[index] > 0 else { return nil }
                return PendingUnits(
                    sku: sku, warehouseCode: order.warehouseCode?.nonBlank ?? order.lines[index].warehouseCode?.nonBlank,
                    quantity: units.left[index])
            }
        }
    }
}

extension StockPlan.Level {
    /// Changed since it was confirmed, or not confirmed on this day (UTC) yet; an unknown SKU once a day.
    fileprivate func isDue(_ figure: StockFigure, includeZero: Bool, now: Date) -> Bool {
        if figure.warehouses.isEmpty { return false }
        if let unknownAt, unknownAt.day == now.day { return false }
        guard let confirmed else { return includeZero || figure.quantityAvailable > 0 }
        guard let confirmedAt else { return true }
        return figure != confirmed || confirmedAt.day < now.day
    }
}

extension Date {
    /// The day in UTC, counted.
    fileprivate var day: Int { Int((timeIntervalSince1970 / 86_400).rounded(.down)) }
}

extension RuntimeConfiguration.Stock {
    /// `skus` and `warehouses` choose SKUs; a chosen SKU goes with all its warehouses (design 5).
    fileprivate func chooses(_ sku: String, codes: Set<String>) -> Bool {
        (skus.isEmpty || skus.contains(sku)) && (warehouses.isEmpty || !codes.isDisjoint(with: warehouses))
    }
}
