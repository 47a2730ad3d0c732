package import Domain
package import FoundationEssentials

/// An order that a run took, as its row stands.
package struct ClaimedOrder: Sendable {
    package var key: OrderKey
    package var poNumber: String
    package var dscoOrderID: String?
    package var status: OrderStatus
    package var statusSince: Date
    /// Moves with every change that a decision could depend on.
    package var version: Int64
    /// Byte for byte as DSCO sent it.
    package var payload: [UInt8]
    package var identity: OutgoingIdentity?
    package var invoiceID: String?
    package var lingXingOrderNumbers: [String]
    package var trackingNumbers: [String]
    package var fulfilment: Fulfilment?
    package var hold: Hold?
    package var acceptedHolds: Set<Hold>
    package var isNumberShared: Bool
    package var waitReason: WaitReason?
    package var rechecks: Int
    package var lookedUpAt: Date?
    package var attempts: Int
    package var sameRefusals: Int
    package var lastErrorCode: String?
    /// Whether somebody wants something of the order that waits for its open effects to settle: that comes before anything new.
    package var isMarked: Bool
    /// Every row of the run's stage, and ship's live rows.
    package var submissions: [StoredSubmission] = []

    /// Whether it is held for a reason that no decision lifts: only its open effects are looked after.
    package var isStopped: Bool { hold?.isLasting ?? false }

    package func open(_ stage: Stage) -> [StoredSubmission] { submissions.filter { $0.stage == stage && $0.state.isOpen } }

    package func confirmedKeys(_ stage: Stage) -> Set<String> {
        Set(submissions.lazy.filter { $0.stage == stage && $0.state == .confirmed }.map(\.key))
    }

    /// The order as the decisions see it.
    package func record(_ order: Order) throws(StoreError) -> OrderRecord {
        var record = OrderRecord(order: order, status: status, statusSince: statusSince)
        record.identity = identity
        record.lingXingOrderNumbers = lingXingOrderNumbers
        record.trackingNumbers = trackingNumbers
        record.fulfilment = fulfilment
        record.invoiceID = invoiceID
        record.hold = hold
        record.acceptedHolds = acceptedHolds
        record.isNumberShared = isNumberShared
        record.isCreationConfirmed = confirmedKeys(.push).contains(NewLingXingOrder.key)
        for row in submissions where row.stage == .ship && row.state.isLive {
            record.shipmentsUnderWay.append(try LedgerCoding.effect(row.effect, as: Shipment.self))
        }
        return record
    }
}

extension Learned {
    /// What the order's row lacks of it.
    package func without(_ known: ClaimedOrder) -> Learned {
        var news = self
        if lingXingOrderNumbers == known.lingXingOrderNumbers { news.lingXingOrderNumbers = nil }
        if trackingNumbers == known.trackingNumbers { news.trackingNumbers = nil }
        if fulfilment == known.fulfilment { news.fulfilment = nil }
        return news
    }
}
