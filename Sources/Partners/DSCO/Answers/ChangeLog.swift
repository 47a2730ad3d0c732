package import Domain
package import FoundationEssentials
import JSON

/// The outcome of one object of a batch, as DSCO's change log tells it (DSCO contract 2).
package struct ChangeLogRow: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case pending, success, failure
    }

    /// Which effect the row is about, in the words it was sent with.
    package enum Key: Sendable, Hashable {
        /// An acknowledgement: id and type exactly as sent.
        case acknowledgement(id: String, type: String)
        /// A cancellation or acknowledgement by line, which Conveyor never sends: not to be taken for the one above.
        case orderLines(id: String, type: String)
        case shipments(dscoOrderID: String?, poNumber: String?, trackingNumbers: [String])
        case invoice(id: String, dscoOrderID: String?, poNumber: String?)
        case item(sku: String)
        /// A row without anything to know it by.
        case unknown
    }

    package let key: Key
    /// `nil` is a word we do not know: neither a success nor a refusal.
    package let status: Status?
    package let requestID: String?
    package let code: String?
    /// DSCO's words, redacted.
    package let words: String?
    package let processed: Date?
    /// Of a row of the inventory's log: the figure that was sent, which tells it from other figures of the SKU.
    package let figure: StockFigure?
}

/// The three logs.
package enum ChangeLog: Sendable, Hashable, CaseIterable {
    case orders, invoices, inventory

    var endpoint: DSCOEndpoint {
        switch self {
        case .orders: .orderLog
        case .invoices: .invoiceLog
        case .inventory: .inventoryLog
        }
    }
}

/// What to look up in a log.
package enum ChangeLogQuery: Sendable, Hashable {
    case request(id: String)
    /// `start` inclusive, `end` exclusive.
    case time(start: Date, end: Date)
}

/// All pages of a look-up.
package struct ChangeLogAnswer: Sendable, Hashable {
    /// Whether DSCO has worked through the whole request. Only a look-up by request id can tell.
    package enum Progress: String, Sendable, Hashable {
        case processing = "PROCESSING"
        case completed = "COMPLETED"
    }

    package let progress: Progress?
    package let rows: [ChangeLogRow]

    package init(progress: Progress?, rows: [ChangeLogRow]) {
        self.progress = progress
        self.rows = rows
    }
}
