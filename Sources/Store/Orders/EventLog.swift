package import Domain
package import FoundationEssentials
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
        """
        insert into order_event (order_key, at, kind, stage, run_id, by, text)
        select x.order_key, \(now), x.kind, x.stage, x.run_id, x.by, x.text
        from unnest(
          \(events.map(\.order.rawValue)), \(events.map(\.kind.rawValue)), \(events.map(\.stage?.rawValue)), \(events.map(\.runID)),
          \(events.map(\.by?.withoutNUL)), \(events.map(\.text.withoutNUL))
        ) as x (order_key, kind, stage, run_id, by, text)
        """
    }
}
