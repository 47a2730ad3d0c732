/// What is peculiar about an order, and therefore what should become of it.
package enum Scenario: String, Sendable, CaseIterable {
    case plain, twoLines = "two_lines"
    case cancelledAlready = "cancelled_already"
    case cancelledSoon = "cancelled_soon"
    case cancelRequested = "cancel_requested"
    case unmappedRetailer = "unmapped_retailer"
    case unmappedLogistics = "unmapped_logistics"
    /// Staff send it in two parcels: from two rows of order management, or from one row with two outbound orders.
    case twoRows = "two_rows", twoOutbounds = "two_outbounds"
    /// An outbound order with a label is intercepted, another one ships.
    case intercepted
    case bundle
    case shippedElsewhere = "shipped_elsewhere"
    case partlyShippedElsewhere = "partly_shipped_elsewhere"
    /// An export or a portal view has acknowledged it (DSCO contract 3.4).
    case acknowledgedElsewhere = "acknowledged_elsewhere"
    case received
    case missingPrice = "missing_price"
    case zeroPrice = "zero_price"
    case incompleteAddress = "incomplete_address"
    case unicode
    case partnerSKUAbsent = "partner_sku_absent"
    case duplicateSKU = "duplicate_sku"
    case currencyAbsent = "currency_absent"
    case partlyCancelled = "partly_cancelled"
    case unidentifiedLine = "unidentified_line"
    case statusAbsent = "status_absent"
    case noWarehouse = "no_warehouse"
    case unpairedSKU = "unpaired_sku"
    case cancelledByStaff = "cancelled_by_staff"
    case deletedByStaff = "deleted_by_staff"
    case sharedPO = "shared_po"
    /// Its dates lie before the moment when it can first be read.
    case surfacesLate = "surfaces_late"
    case testOrder = "test_order"
    case unreadable
    /// Readable, but neither its status nor its lifecycle is known.
    case unknownStatus = "unknown_status"
}

/// What becomes of an order under the runtime configuration of this sandbox (design 6).
package struct ExpectedOutcome: Sendable, Equatable {
    /// `invoiced`, `cancelled`, `held:<reason>`, `waiting:<reason>`, `quarantined`, `shipped_elsewhere` or `invisible`.
    package let outcome: String
    /// What is right as well when two events race.
    package let alternatives: [String]
    /// The status 1…6 that it ends at; nil when it never becomes a row.
    package let status: Int?

    init(_ outcome: String, _ status: Int?, or alternatives: [String] = []) {
        self.outcome = outcome
        self.status = status
        self.alternatives = alternatives
    }
}

extension Scenario {
    package var expected: ExpectedOutcome {
        switch self {
        case .plain, .twoLines, .intercepted, .bundle, .acknowledgedElsewhere, .received, .zeroPrice, .unicode, .partnerSKUAbsent,
            .duplicateSKU, .currencyAbsent, .partlyCancelled, .statusAbsent, .noWarehouse, .surfacesLate:
            ExpectedOutcome("invoiced", 5)
        case .cancelledAlready: ExpectedOutcome("cancelled", 6)
        case .cancelledSoon:
            ExpectedOutcome("cancelled", 6, or: ["held:cancelled_at_dsco", "held:cancel_requested", "invoiced"])
        case .cancelRequested: ExpectedOutcome("held:cancel_requested", 1)
        case .unmappedRetailer: ExpectedOutcome("held:shop_unmapped", 1)
        case .unmappedLogistics: ExpectedOutcome("held:logistics_unmapped", 1)
        case .twoRows, .twoOutbounds: ExpectedOutcome("held:multiple_packages", 3)
        case .shippedElsewhere: ExpectedOutcome("shipped_elsewhere", 5)
        case .partlyShippedElsewhere: ExpectedOutcome("held:partly_shipped_elsewhere", 1)
        case .missingPrice: ExpectedOutcome("held:price_missing", 1)
        case .incompleteAddress: ExpectedOutcome("held:address_incomplete", 1)
        case .unidentifiedLine: ExpectedOutcome("held:line_unidentified", 1)
        case .unpairedSKU: ExpectedOutcome("waiting:not_reviewed", 2)
        case .cancelledByStaff: ExpectedOutcome("held:cancelled_in_lingxing", 2)
        case .deletedByStaff: ExpectedOutcome("held:deleted_in_lingxing", 2)
        case .sharedPO: ExpectedOutcome("held:po_number_shared", 1, or: ["invoiced"])
        case .testOrder: ExpectedOutcome("invisible", nil)
        case .unreadable, .unknownStatus: ExpectedOutcome("quarantined", nil)
        }
    }

    /// Whether the pipeline can know which units the order takes: only then do Dsco's own figures count them, so that both
    /// sides can be compared to the unit.
    var movesStock: Bool {
        switch self {
        case .testOrder, .unreadable, .unknownStatus, .unidentifiedLine: false
        default: true
        }
    }

    /// How the staff treat the order once it is in LingXing.
    var staff: StaffPlan {
        switch self {
        case .twoRows: .splitRows
        case .twoOutbounds: .splitOutbounds
        case .intercepted: .intercept
        case .cancelledByStaff: .cancel
        case .deletedByStaff: .delete
        default: .ship
        }
    }

    /// Shares of a realistic day; what they leave is plain.
    package static let realisticMix: [(scenario: Scenario, share: Double)] = [
        (.twoLines, 0.18), (.bundle, 0.03), (.duplicateSKU, 0.015), (.currencyAbsent, 0.03), (.unicode, 0.02),
        (.partnerSKUAbsent, 0.015),
        (.noWarehouse, 0.02), (.acknowledgedElsewhere, 0.015), (.received, 0.01), (.partlyCancelled, 0.01), (.zeroPrice, 0.005),
        (.intercepted, 0.01), (.statusAbsent, 0.005), (.surfacesLate, 0.005), (.twoRows, 0.01), (.twoOutbounds, 0.01),
        (.cancelledAlready, 0.015), (.cancelledSoon, 0.01), (.cancelRequested, 0.01), (.unmappedRetailer, 0.01),
        (.unmappedLogistics, 0.005), (.shippedElsewhere, 0.01), (.partlyShippedElsewhere, 0.005), (.missingPrice, 0.005),
        (.incompleteAddress, 0.005), (.unidentifiedLine, 0.005), (.unpairedSKU, 0.005), (.cancelledByStaff, 0.005),
        (.deletedByStaff, 0.005), (.sharedPO, 0.005), (.testOrder, 0.005), (.unreadable, 0.005), (.unknownStatus, 0.005),
    ]
}
