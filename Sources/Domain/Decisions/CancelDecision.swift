package import FoundationEssentials

/// What push does in LingXing about an order that DSCO cancelled (design 6, push: `cancel_in_lingxing`).
///
/// `advance` ends the order at 6; `hold` leaves it held as it is, its facts being the reason for people.
package enum CancelDecision {
    /// Whether the order is push's to cancel: held for DSCO's cancellation, in LingXing and not told as shipped yet.
    package static func concerns(_ hold: Hold?, at status: OrderStatus) -> Bool {
        hold?.reason == .cancelledAtDSCO && (status == .pushed || status == .acknowledged)
    }

    /// - Parameters:
    ///   - listed: LingXing's rows for the order's outgoing number, deleted ones included. A row merged with other orders is never
    ///     cancelled, since that would stop theirs.
    ///   - settling: how late, in seconds, LingXing may show an order that it took.
    package static func decide(
        record: OrderRecord, listed: [LingXingOrder], now: Date, settling: TimeInterval
    ) -> Decided<LingXingCancellation> {
        // A planned number may be another order's: only the one that went out says whose rows these are.
        guard let identity = record.identity else {
            return stays("it did not go to LingXing by push; it has to be stopped by hand")
        }
        let rows = record.ownRows(listed, identity)
        var learned = Learned()
        if !rows.isEmpty { learned.lingXingOrderNumbers = rows.numbers }
        let open = rows.filter { !$0.isClosed }
        if rows.isEmpty, now < record.statusSince.addingTimeInterval(settling) { return Decided(.wait(.notReviewed)) }
        if rows.isEmpty, !record.lingXingOrderNumbers.isEmpty {
            return stays("LingXing no longer shows \(record.lingXingOrderNumbers.facts); a person must look where it is")
        }
        if open.isEmpty {
            let note =
                rows.isEmpty
                ? "LingXing has no such order" : "LingXing shows it cancelled: \(rows.numbers.joined(separator: ", "))"
            return Decided(.advance(note: note), learned)
        }
        if open.contains(where: { $0.platformOrderNos.count > 1 }) {
            return stays("LingXing has merged it with another order; a person must take it out", learned)
        }
        if open.contains(where: { $0.status == .shipped || $0.status == .platformFulfilled }) {
            return stays("LingXing has shipped it; it is too late to cancel", learned)
        }
        return Decided(
            .send([
                LingXingCancellation(
                    orders: open.map(\.globalOrderNo), intercepts: open.filter { $0.status == .toShip }.map(\.globalOrderNo))
            ]), learned)
    }

    private static func stays(_ why: String, _ learned: Learned = Learned()) -> Decided<LingXingCancellation> {
        Decided(.hold(Hold(.cancelledAtDSCO, facts: why)), learned)
    }
}

extension LingXingOrder {
    /// Whether nothing will be shipped from this row.
    package var isClosed: Bool { isDeleted || status == .cancelled }
}
