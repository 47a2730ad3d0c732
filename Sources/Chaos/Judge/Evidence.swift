package import Domain
package import FoundationEssentials

/// What both sides know when the storm is over: everything that the judge judges by.
package struct Evidence: Sendable {
    package struct Order: Sendable {
        package var number: String
        package var dscoOrderID: String
        package var scenario: String
        /// `invoiced`, `cancelled`, `held:<reason>`, `waiting:<reason>`, `shipped_elsewhere`, `quarantined` or `invisible`.
        package var expected: String
        /// What is right as well.
        package var alternatives: [String]
        package var expectedTotal: Decimal?
        // At the partners.
        package var lingXingRows: Int
        package var isAcknowledged: Bool
        package var trackingNumbers: [String]
        package var invoiceTotals: [Decimal?]
        /// Where what one partner was told is not what the other knows.
        package var differences: [String]
        /// How often a fault refused one of its rows.
        package var refusals: Int
        /// Conveyor's row, if there is one.
        package var row: Row?
        /// The steps of its status on its timeline, in their order.
        package var steps: [Step]

        package init(
            number: String, dscoOrderID: String, scenario: String, expected: String, alternatives: [String] = [],
            expectedTotal: Decimal? = nil, lingXingRows: Int = 0, isAcknowledged: Bool = false, trackingNumbers: [String] = [],
            invoiceTotals: [Decimal?] = [], differences: [String] = [], refusals: Int = 0, row: Row? = nil, steps: [Step] = []
        ) {
            self.number = number
            self.dscoOrderID = dscoOrderID
            self.scenario = scenario
            self.expected = expected
            self.alternatives = alternatives
            self.expectedTotal = expectedTotal
            self.lingXingRows = lingXingRows
            self.isAcknowledged = isAcknowledged
            self.trackingNumbers = trackingNumbers
            self.invoiceTotals = invoiceTotals
            self.differences = differences
            self.refusals = refusals
            self.row = row
            self.steps = steps
        }
    }

    package struct Row: Sendable, Hashable {
        package var status: OrderStatus
        package var hold: HoldReason?
        package var waiting: WaitReason?

        package init(_ status: OrderStatus, hold: HoldReason? = nil, waiting: WaitReason? = nil) {
            self.status = status
            self.hold = hold
            self.waiting = waiting
        }
    }

    /// A line of the timeline that moves the order's status.
    package struct Step: Sendable, Hashable {
        package var kind: EventKind
        package var text: String

        package init(_ kind: EventKind, _ text: String = "") {
            self.kind = kind
            self.text = text
        }
    }

    package struct DeadLetter: Sendable, Hashable {
        package var stage: Stage
        package var body: String

        package init(stage: Stage, body: String) {
            self.stage = stage
            self.body = body
        }
    }

    package var orders: [Order] = []
    /// Rows of Conveyor that belong to no order of DSCO's, by key.
    package var strangers: [String] = []
    /// Ledger rows of which nobody knows yet what became of them, in words.
    package var openRows: [String] = []
    package var openReplays: [String] = []
    /// Unreadable payloads that are kept, by the order they seem to belong to.
    package var quarantined = 0
    package var duplicates: [String] = []
    package var duplicateAttempts: [String] = []
    package var violations: [String] = []
    package var stockDifferences: [String] = []
    package var deadLetters: Set<DeadLetter> = []
    /// What must be among the dead letters, and what may be.
    package var malformed: Set<DeadLetter> = []
    package var perhapsMalformed: Set<DeadLetter> = []
    /// Processes that ended though nobody had asked them to.
    package var uncalledEnds: [String] = []
    /// Whether `stages.ship.packages` was `all` for a while: then a person had allowed several parcels.
    package var packagesWereAllowed = false

    package init() {}
}

extension Evidence.Order {
    /// What became of the order, in the words of `expected`.
    package var outcome: String {
        guard let row else { return "invisible" }
        switch row.status {
        case .invoiced: return "invoiced"
        case .cancelled: return "cancelled"
        case .pulled, .pushed, .acknowledged, .shipped:
            if let hold = row.hold { return "held:\(hold.rawValue)" }
            return row.waiting.map { "waiting:\($0.rawValue)" } ?? "under way"
        }
    }
}
