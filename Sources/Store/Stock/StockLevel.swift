package import Domain
package import FoundationEssentials

/// What is remembered about one DSCO SKU: the last figure that DSCO confirmed, and what stands in its way.
package struct StockLevel: Sendable, Hashable {
    package var sku: String
    /// `nil` before the first confirmation.
    package var warehouses: [StockFigure.WarehouseQuantity]?
    package var confirmedAt: Date?
    /// Consecutive complete passes in which LingXing did not list the SKU.
    package var missingPasses: Int
    /// When DSCO said that it does not know the SKU.
    package var unknownAt: Date?
    package var lastError: String?
}

/// Units of orders that LingXing does not know yet, to be kept back from its figures.
package struct PendingUnits: Sendable, Hashable {
    package var sku: String
    /// The DSCO warehouse code, where the order names one.
    package var warehouseCode: String?
    package var units: Int
}

/// How a stock submission ended.
package struct StockSettlement: Sendable, Hashable {
    package enum End: Sendable, Hashable {
        case confirmed
        case refused(words: String)
        /// DSCO does not know the SKU: tried again daily.
        case unknownSKU(words: String)
        /// In doubt past all deadlines: the next pass sends the current figure (design 7).
        case superseded
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

/// A row of the stock history.
package struct StockHistoryRow: Sendable, Hashable {
    package enum Result: String, Sendable, Hashable, CaseIterable {
        case sent, confirmed, refused, unchanged, conflict, superseded
        case notSent = "not_sent"
        case unknownSKU = "unknown_sku"
    }

    package var sku: String
    package var warehouseCode: String
    package var lingXingQuantity: Int
    /// DSCO's figure before, where one was confirmed.
    package var dscoQuantity: Int?
    package var result: Result
    package var words: String?

    package init(sku: String, warehouseCode: String, lingXingQuantity: Int, dscoQuantity: Int?, result: Result, words: String? = nil) {
        self.sku = sku
        self.warehouseCode = warehouseCode
        self.lingXingQuantity = lingXingQuantity
        self.dscoQuantity = dscoQuantity
        self.result = result
        self.words = words
    }

    package var difference: Int? { dscoQuantity.map { lingXingQuantity - $0 } }
}
