import FoundationEssentials

/// The three change logs (DSCO contract 2).
enum LogKind: String, Sendable {
    case order, invoice, inventory
}

/// What one asynchronous call carried.
struct Batch: Sendable {
    enum Action: String, Sendable {
        case acknowledge = "acknowledgeOrders"
        case ship = "createShipmentSmallBatch"
        case invoice = "createInvoiceSmallBatch"
        case stock = "updateInventorySmallBatch"

        var log: LogKind {
            switch self {
            case .acknowledge, .ship: .order
            case .invoice: .invoice
            case .stock: .inventory
            }
        }
    }

    let requestID: String
    let action: Action
    let path: String
    let rows: [Wire]
    /// The query's `skipItemsThatDontExist`.
    var skipsUnknown = false
}

/// The rows of one kind of change log, in the order in which they were processed.
struct ChangeLog: Sendable {
    struct Row: Sendable {
        let requestID: String
        let payload: Wire
        let action: Batch.Action
        let processed: Date
        let visible: Date
        let refusal: String?

        /// `pending` until it may be seen how it ended.
        func status(now: Date) -> String { visible > now ? "pending" : refusal == nil ? "success" : "failure" }

        func wire(now: Date) -> Wire {
            let status = status(now: now)
            return .compact([
                ("payload", payload), ("dateProcessed", .string(Timestamps.dscoEvent(processed))), ("status", .string(status)),
                ("requestMethod", "api"), ("requestId", .string(requestID)), ("requestMethodDetail", .string(action.rawValue)),
                (
                    "results",
                    status == "pending"
                        ? nil
                        : refusal.map { [["code": "VALIDATION_FAILED", "severity": "error", "description": .string($0)]] } ?? nil
                ),
            ])
        }
    }

    private struct Request {
        var rows: [Int] = []
        var done = false
    }

    private(set) var rows: [Row] = []
    private var requests: [String: Request] = [:]
    var scrolls = Scrolls<Row>()

    mutating func open(_ requestID: String) {
        requests[requestID] = Request()
    }

    mutating func append(_ row: Row) {
        requests[row.requestID, default: Request()].rows.append(rows.count)
        rows.append(row)
    }

    mutating func close(_ requestID: String) {
        requests[requestID]?.done = true
    }

    /// The rows of one call, and whether there are none to come; nil for an unknown call.
    func rows(of requestID: String, now: Date) -> (rows: [Row], completed: Bool)? {
        guard let request = requests[requestID] else { return nil }
        let all = request.rows.map { rows[$0] }
        return (all, request.done && all.allSatisfy { $0.visible <= now })
    }

    /// The rows processed from `start` (inclusive) to `end` (exclusive).
    func rows(from start: Date, to end: Date) -> [Row] {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].processed < start { low = middle + 1 } else { high = middle }
        }
        return Array(rows[low...].prefix { $0.processed < end })
    }
}
