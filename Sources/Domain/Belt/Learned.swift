/// What a decision found out about an order and is to be stored on its row, whatever was decided; `nil` leaves the row's value.
package struct Learned: Sendable, Hashable {
    package var lingXingOrderNumbers: [String]?
    package var trackingNumbers: [String]?
    package var fulfilment: Fulfilment?
    /// The names the order goes out under: fixed on the row with the first intent, or when an order was found at the partner.
    package var identity: OutgoingIdentity?
    package var invoiceID: String?

    package init() {}

    package init(lingXingOrderNumbers: [String]) { self.lingXingOrderNumbers = lingXingOrderNumbers }
}

/// A decision and what was learned on the way.
package struct Decided<Effect: Sendable & Hashable>: Sendable, Hashable {
    package var decision: Decision<Effect>
    package var learned: Learned
    /// Of a wait: what is awaited has begun to show, so the order is looked up again within minutes instead of on the slow cycle.
    package var isImminent = false

    package init(_ decision: Decision<Effect>, _ learned: Learned = Learned()) {
        self.decision = decision
        self.learned = learned
    }
}
