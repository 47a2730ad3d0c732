/// What push does in LingXing about an order that DSCO cancelled (design 6, push: `cancel_in_lingxing`).
package enum CancelDecision {
    package enum Answer: Sendable, Hashable {
        case cancel(LingXingCancellation)
        /// Nothing is left to cancel in LingXing; the order stays as it is, with this note.
        case nothing(note: String)
    }

    /// Whether the order is one to cancel: held for DSCO's cancellation, in LingXing and not shipped by us yet.
    package static func concerns(_ record: OrderRecord, configuration: RuntimeConfiguration) -> Bool {
        configuration.push.cancelInLingXing && record.hold?.reason == .cancelledAtDSCO
            && (record.status == .pushed || record.status == .acknowledged)
    }

    /// - Parameter listed: LingXing's rows for the order's outgoing number. A row merged with other orders is never cancelled, since that
    ///   would stop theirs.
    package static func decide(record: OrderRecord, listed: [LingXingOrder]) -> Answer {
        guard let identity = record.identity else { return .nothing(note: "the order never went to LingXing") }
        let open = record.ownRows(listed, identity).filter { !$0.isDeleted && $0.status != .cancelled }
        if open.isEmpty { return .nothing(note: "LingXing has no open order for it") }
        if open.contains(where: { $0.platformOrderNos.count > 1 }) {
            return .nothing(note: "LingXing has merged it with another order; a person must take it out")
        }
        if open.contains(where: { $0.status == .shipped || $0.status == .platformFulfilled }) {
            return .nothing(note: "LingXing has shipped it; it is too late to cancel")
        }
        return .cancel(
            LingXingCancellation(
                orders: open.map(\.globalOrderNo), intercepts: open.filter { $0.status == .toShip }.map(\.globalOrderNo)))
    }
}
