import Domain
import FoundationEssentials
package import JSON
import Pipeline

extension OrderView {
    /// The order as `conveyor orders --json` shows it (design 3).
    package var json: JSON { .object(JSONObject(members)) }

    fileprivate var members: [(String, JSON)] {
        [
            ("po_number", .string(poNumber)), ("dsco_order_id", .orNull(dscoOrderID)), ("status", .column(status.rawValue)),
            ("hold", hold.map(\.json) ?? .null), ("waiting", .orNull(waiting?.rawValue)),
            ("lingxing_order_numbers", .array(lingXingOrderNumbers.map(JSON.string))),
            ("tracking_numbers", .array(trackingNumbers.map(JSON.string))), ("invoice_id", .orNull(invoiceID)),
            ("attempts", .column(attempts)), ("last_error", lastError.map(\.json) ?? .null),
            ("next_attempt", .orNull(nextAttempt)),
        ]
    }
}

extension OrderDetail {
    /// The order as `conveyor order --json` shows it (design 3).
    package var json: JSON {
        let more: [(String, JSON)] = [
            ("unreadable_news", unreadableNews.map { ["reason": .string($0.reason), "since": .orNull($0.since)] } ?? .null),
            ("invoice_difference", .orNull(invoiceDifference.map { "\($0)" })),
            ("submissions", .array(submissions.map(\.json))), ("events", .array(events.map(\.json))),
        ]
        return .object(JSONObject(order.members + more))
    }
}

extension OrderView.Hold {
    fileprivate var json: JSON {
        [
            "reason": .string(reason.rawValue), "text": .string(reason.words.english), "cure": .string(reason.cure.english),
            "since": .orNull(since),
        ]
    }
}

extension OrderView.Failure {
    fileprivate var json: JSON { ["code": .string(code), "text": .orNull(text), "at": .orNull(at)] }
}

extension OrderView.Submission {
    fileprivate var json: JSON {
        [
            "stage": .string(stage.rawValue), "key": .string(key), "state": .string(state.rawValue),
            "attempts": .column(attempts),
            "request_id": .orNull(requestID), "sent_at": .orNull(sentAt),
        ]
    }
}

extension OrderView.Event {
    fileprivate var json: JSON {
        [
            "at": .orNull(at), "kind": .string(kind), "stage": .orNull(stage), "run": .orNull(runID?.uuidString.lowercased()),
            "by": .orNull(by), "text": .string(text),
        ]
    }
}

extension JSON {
    static func orNull(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
    static func orNull(_ date: Date?) -> JSON { date.map { .string($0.tickText) } ?? .null }
}
