/// Something that is not as it should be.
package struct Finding: Sendable, Hashable, CustomStringConvertible {
    package enum Check: String, Sendable, Hashable, CaseIterable {
        case outcome = "orders not where they should be"
        case effects = "effects missing or too many"
        case invoices = "invoices missing or wrong"
        case contents = "effects that say something else"
        case steps = "statuses that skipped a step"
        case overlaps = "runs that wrote into each other"
        case disclosures = "log lines with personal data or secrets"
        case duplicates = "effects executed twice"
        case duplicateAttempts = "effects asked for twice"
        case violations = "violations of a partner's contract"
        case ledger = "ledger rows left open"
        case replays = "replays not done"
        case quarantine = "quarantine not as it should be"
        case stock = "stock figures that differ"
        case deadLetters = "dead letters not as they should be"
        case processes = "processes that ended by themselves"
        case quiet = "effects after everything had settled"
        case storm = "kinds of fault that hardly struck"

        /// Whether waiting can mend it.
        var passes: Bool {
            switch self {
            case .outcome, .effects, .invoices, .steps, .ledger, .replays, .quarantine, .stock, .deadLetters: true
            case .contents, .overlaps, .disclosures, .duplicates, .duplicateAttempts, .violations, .processes, .quiet, .storm:
                false
            }
        }
    }

    package let check: Check
    /// The dscoOrderId of the order it is about.
    package let order: String?
    package let text: String

    package init(_ check: Check, order: String? = nil, _ text: String) {
        self.check = check
        self.order = order
        self.text = text
    }

    package var description: String { text }
}
