package import Domain

/// How a stock submission ended.
package struct StockSettlement: Sendable, Hashable {
    package enum End: Sendable, Hashable {
        case confirmed
        case refused(words: String)
        /// DSCO does not know the SKU: tried again daily.
        case unknownSKU(words: String)
        /// Never sent, or in doubt past all deadlines: the next pass sends what is then right (design 7).
        case superseded

        /// As the history, and a run's counts, call it.
        package var name: String {
            switch self {
            case .confirmed: "confirmed"
            case .refused: "refused"
            case .unknownSKU: "unknown_sku"
            case .superseded: "superseded"
            }
        }

        var words: String? {
            switch self {
            case .refused(let words), .unknownSKU(let words): words
            case .confirmed, .superseded: nil
            }
        }
    }

    package var id: Int64
    package var figure: StockFigure
    package var end: End

    package init(id: Int64, figure: StockFigure, end: End) {
        self.id = id
        self.figure = figure
        self.end = end
    }
}

/// A line of the stock history: what became of one SKU's figure in one warehouse.
package struct StockHistoryRow: Sendable, Hashable {
    package enum Result: String, Sendable, Hashable, CaseIterable {
        case sent, confirmed, refused, conflict, superseded
        /// The stage may not write.
        case notSent = "not_sent"
        case unknownSKU = "unknown_sku"
    }

    package var sku: String
    package var warehouseCode: String
    package var lingXingQuantity: Int
    /// DSCO's figure before, where one was confirmed.
    package var dscoQuantity: Int?
    package var result: Result

    package init(sku: String, warehouseCode: String, lingXingQuantity: Int, dscoQuantity: Int?, result: Result) {
        self.sku = sku
        self.warehouseCode = warehouseCode
        self.lingXingQuantity = lingXingQuantity
        self.dscoQuantity = dscoQuantity
        self.result = result
    }

    /// - Parameter writes: whether the stage may write; what it would send is `not_sent` otherwise.
    package init(_ row: StockPlan.HistoryRow, writes: Bool) {
        let result: Result =
            switch row.result {
            case .sent: writes ? .sent : .notSent
            case .conflict: .conflict
            }
        self.init(
            sku: row.sku, warehouseCode: row.warehouseCode, lingXingQuantity: row.lingXingQuantity,
            dscoQuantity: row.dscoQuantity,
            result: result)
    }

    var difference: Int? { dscoQuantity.map { lingXingQuantity - $0 } }
}
