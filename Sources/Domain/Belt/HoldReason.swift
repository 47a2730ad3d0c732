/// Why a person is needed before an order can go on. The whole list of design 6; each has words and a cure (`HoldReason+Words`).
package enum HoldReason: String, CaseIterable, Codable, Sendable, Hashable {
    case shopUnmapped = "shop_unmapped"
    case logisticsUnmapped = "logistics_unmapped"
    case addressIncomplete = "address_incomplete"
    case priceMissing = "price_missing"
    case lineUnidentified = "line_unidentified"
    case noUnitsLeft = "no_units_left"
    case poNumberShared = "po_number_shared"
    case cancelRequested = "cancel_requested"
    case cancelledAtDSCO = "cancelled_at_dsco"
    case completedAtDSCO = "completed_at_dsco"
    case partlyShippedElsewhere = "partly_shipped_elsewhere"
    case cancelledInLingXing = "cancelled_in_lingxing"
    case deletedInLingXing = "deleted_in_lingxing"
    case multiplePackages = "multiple_packages"
    case quantityMismatch = "quantity_mismatch"
    case refusedByDSCO = "refused_by_dsco"
    case refusedByLingXing = "refused_by_lingxing"
    case retriesExhausted = "retries_exhausted"
    case inDoubt = "in_doubt"
    case changedUnderWay = "changed_under_way"
    case byOperator = "by_operator"

    /// Whether a stage's next decision lifts it when it looks again and finds otherwise. The others tell of what happened (a refusal, a
    /// doubt, a person's word, a change at DSCO) and stay until a person, or news from DSCO, lifts them.
    package var isLiftedByDecision: Bool {
        switch self {
        case .shopUnmapped, .logisticsUnmapped, .addressIncomplete, .priceMissing, .lineUnidentified, .noUnitsLeft,
            .poNumberShared,
            .cancelRequested, .completedAtDSCO, .cancelledInLingXing, .deletedInLingXing, .multiplePackages, .quantityMismatch:
            true
        case .cancelledAtDSCO, .partlyShippedElsewhere, .refusedByDSCO, .refusedByLingXing, .retriesExhausted, .inDoubt,
            .changedUnderWay, .byOperator:
            false
        }
    }
}

/// A hold that a decision raises or a row carries.
///
/// `facts` is a short stable fingerprint of what raised it (for example the missing mapping's key, or the sorted tracking numbers):
/// a release accepts exactly these facts, and the hold is not raised again until they change (design 6). It holds no personal data.
package struct Hold: Codable, Sendable, Hashable {
    package var reason: HoldReason
    package var facts: String

    package init(_ reason: HoldReason, facts: String = "") {
        self.reason = reason
        self.facts = facts
    }

    /// Whether it stays, whatever the stage's next decision finds.
    package var isLasting: Bool { !reason.isLiftedByDecision }
}
