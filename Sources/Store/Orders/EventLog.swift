package import Domain
package import FoundationEssentials
import JSON
package import PostgreSQL

/// A line of an order's timeline, to be written. No personal data.
package struct NewEvent: Sendable, Hashable {
    package var order: OrderKey
    package var kind: EventKind
    package var text: String
    package var stage: Stage?
    package var runID: UUID?
    /// The person who did it, `nil` for a stage.
    package var by: String?

    package init(_ order: OrderKey, _ kind: EventKind, _ text: String, stage: Stage? = nil, runID: UUID? = nil, by: String? = nil)
    {
        self.order = order
        self.kind = kind
        self.text = text
        self.stage = stage
        self.runID = runID
        self.by = by
    }
}

/// The append-only timelines of the orders.
package enum EventLog {
    /// One statement for all of them; with none it writes nothing.
    package static func insert(_ events: [NewEvent], now: Date) -> PostgresQuery {
        let rows = JSON.array(
            events.map { event in
                [
                    "order_key": .column(event.order.rawValue), "kind": .string(event.kind.rawValue), "text": .column(event.text),
                    "stage": .column(event.stage?.rawValue), "run_id": .column(event.runID?.uuidString), "by": .column(event.by),
                ]
            })
        return """
            insert into order_event (order_key, at, kind, stage, run_id, by, text)
            select x.order_key, \(now), x.kind, x.stage, x.run_id, x.by, x.text
            from json_to_recordset(\(PostgresJSON(text: rows.text()))) as x (order_key text, kind text, stage text, run_id uuid, by text, text text)
            """
    }
}
