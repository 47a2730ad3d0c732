import Domain
import Pipeline
import Store

/// What a run did, by outcome.
struct Tally: Sendable {
    private(set) var counts: [String: Int] = [:]
    /// The orders whose rows the run wrote.
    private(set) var touched: Set<OrderKey> = []
    /// How a partner failed first, where that concerns no single order.
    private(set) var failure: String?

    var partnerFailed: Bool { failure != nil }

    mutating func partnerFailed(_ words: String) { failure = failure ?? words }

    mutating func count(_ change: OrderChange) {
        let name =
            switch change.outcome {
            case .advance: "advanced"
            case .wait(let reason, _, _): reason.rawValue
            case .retry: "retry"
            case .hold(let hold, _): "held_\(hold.reason.rawValue)"
            }
        counts[name, default: 0] += 1
        touched.insert(change.order)
    }
}
