package import Domain
package import FoundationEssentials
import PostgreSQL

/// An order as people see it (design 3, `conveyor order`). No personal data: that is in the payload alone.
package struct OrderView: Sendable, Hashable, Identifiable {
    package struct Hold: Sendable, Hashable {
        package var reason: HoldReason
        package var facts: String
        package var since: Date?
        package var by: String?
    }

    package struct Failure: Sendable, Hashable {
        package var code: String
        package var text: String?
        package var at: Date?
    }

    package struct Submission: Sendable, Hashable {
        package var stage: Stage
        package var key: String
        package var state: SubmissionState
        package var attempts: Int
        package var requestID: String?
        package var sentAt: Date?
        package var answerCode: String?
        /// The partner's words.
        package var answerWords: String?
    }

    package struct Event: Sendable, Hashable {
        package var at: Date
        package var kind: String
        package var stage: String?
        package var runID: UUID?
        package var by: String?
        package var text: String
    }

    package var key: OrderKey
    package var poNumber: String
    package var dscoOrderID: String?
    package var retailerID: String?
    package var status: OrderStatus
    package var statusSince: Date
    package var dscoStatus: String?
    package var dscoLifecycle: String?
    package var hold: Hold?
    package var waiting: WaitReason?
    package var outgoingNumber: String?
    package var storeID: String?
    package var mskus: [String]
    package var lingXingOrderNumbers: [String]
    package var trackingNumbers: [String]
    package var invoiceID: String?
    package var attempts: Int
    package var lastError: Failure?
    /// `nil` when only a person or a change brings the order back.
    package var nextAttempt: Date?
    package var acknowledgeBy: Date?
    package var shipBy: Date?
    package var invoiceBy: Date?
    package var updatedAt: Date

    package var id: OrderKey { key }
}

/// An order with its ledger and its timeline.
package struct OrderDetail: Sendable, Hashable {
    /// Something newer that DSCO showed of the order and that could not be read.
    package struct UnreadableNews: Sendable, Hashable {
        package var reason: String
        package var since: Date
    }

    package var order: OrderView
    package var unreadableNews: UnreadableNews?
    /// Oldest first.
    package var submissions: [OrderView.Submission]
    /// Oldest first.
    package var events: [OrderView.Event]
    /// LingXing's total less what the confirmed invoices bill: shown, never billed (design 6). `nil` when nothing is billed, or LingXing
    /// shows no total.
    package var invoiceDifference: Decimal?
}

extension OrderView {
    static let columns = """
        o.order_key, o.po_number, o.dsco_order_id, o.retailer_id, o.status, o.status_since, o.dsco_status, o.dsco_lifecycle, o.hold_reason,
        o.hold_facts, o.hold_since, o.hold_by, o.wait_reason, o.outgoing_number, o.store_id, o.mskus, o.lingxing_order_numbers,
        o.tracking_numbers, o.invoice_id, o.attempts, o.last_error_code, o.last_error_text, o.last_error_at,
        case when o.next_attempt = 'infinity' then null else o.next_attempt end as next_attempt, o.acknowledge_by, o.ship_by,
        o.invoice_by, o.updated_at
        """

    /// For lists: a failure's words may be a partner's, and those stay on the order's own page (design 9.8).
    static let listColumns = columns.replacing("o.last_error_text", with: "null::text as last_error_text")

    init(_ row: PostgresRow) throws {
        key = OrderKey(rawValue: try row.decode("order_key"))
        poNumber = try row.decode("po_number")
        dscoOrderID = try row.decode("dsco_order_id")
        retailerID = try row.decode("retailer_id")
        status = try StoreDecoding.raw(row, "status")
        statusSince = try row.decode("status_since")
        dscoStatus = try row.decode("dsco_status")
        dscoLifecycle = try row.decode("dsco_lifecycle")
        if let hold = try StoreDecoding.hold(row) {
            self.hold = Hold(
                reason: hold.reason, facts: hold.facts, since: try row.decode("hold_since"), by: try row.decode("hold_by"))
        }
        waiting = try row.decode("wait_reason", as: String?.self).flatMap(WaitReason.init)
        outgoingNumber = try row.decode("outgoing_number")
        storeID = try row.decode("store_id")
        mskus = try row.decode("mskus")
        lingXingOrderNumbers = try row.decode("lingxing_order_numbers")
        trackingNumbers = try row.decode("tracking_numbers")
        invoiceID = try row.decode("invoice_id")
        attempts = try row.decode("attempts")
        if let code = try row.decode("last_error_code", as: String?.self) {
            lastError = Failure(code: code, text: try row.decode("last_error_text"), at: try row.decode("last_error_at"))
        }
        nextAttempt = try row.decode("next_attempt")
        acknowledgeBy = try row.decode("acknowledge_by")
        shipBy = try row.decode("ship_by")
        invoiceBy = try row.decode("invoice_by")
        updatedAt = try row.decode("updated_at")
    }
}

extension OrderView.Submission {
    init(_ row: PostgresRow) throws {
        stage = try StoreDecoding.raw(row, "stage")
        key = try row.decode("key")
        state = try StoreDecoding.raw(row, "state")
        attempts = try row.decode("attempts")
        requestID = try row.decode("request_id")
        sentAt = try row.decode("sent_at")
        answerCode = try row.decode("answer_code")
        answerWords = try row.decode("answer_words")
    }
}

extension OrderView.Event {
    init(_ row: PostgresRow) throws {
        at = try row.decode("at")
        kind = try row.decode("kind")
        stage = try row.decode("stage")
        runID = try row.decode("run_id")
        by = try row.decode("by")
        text = try row.decode("text")
    }
}
