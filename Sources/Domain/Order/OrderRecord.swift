package import FoundationEssentials

/// An order as a stage sees it: the decoded payload and what Conveyor knows beside it.
package struct OrderRecord: Sendable, Hashable {
    package var order: Order
    package var status: OrderStatus
    /// `nil` until the first intent fixes it.
    package var identity: OutgoingIdentity?
    package var lingXingOrderNumbers: [String]
    package var trackingNumbers: [String]
    package var fulfilment: Fulfilment?
    package var invoiceID: String?
    package var hold: Hold?
    /// Holds that a person released, with the facts that were accepted: not raised again until the facts change.
    package var acceptedHolds: Set<Hold>
    /// Shipments of ours in the ledger that are open or confirmed: their units are spoken for (design 7.1).
    package var shipmentsUnderWay: [Shipment]
    /// At push: whether the ledger knows that LingXing has created the order. The status says so too, unless a person set it while the
    /// answer was on its way.
    package var isCreationConfirmed: Bool
    /// Whether any other row carries this order's outgoing number under `identity: po_number` (design 1).
    package var isNumberShared: Bool
    /// When the order entered its present status.
    package var statusSince: Date

    package var key: OrderKey { order.key }

    package init(order: Order, status: OrderStatus, statusSince: Date) {
        self.order = order
        self.status = status
        self.statusSince = statusSince
        lingXingOrderNumbers = []
        trackingNumbers = []
        acceptedHolds = []
        shipmentsUnderWay = []
        isCreationConfirmed = false
        isNumberShared = false
    }

    /// Whether a person has accepted exactly this hold.
    package func accepts(_ hold: Hold) -> Bool { acceptedHolds.contains(hold) }
}
