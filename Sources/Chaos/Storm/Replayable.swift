import Sandbox
import Synchronization

/// The numbers of orders which nothing holds but what the storm does to them.
///
/// A replay releases a hold. Where a person must decide (two parcels, a cancellation asked for), that would be a decision, and the order
/// would rightly end elsewhere: such orders are left out.
final class Replayable: Sendable {
    private let numbers = Mutex<Set<String>>([])

    func add(_ number: String, _ scenario: Scenario) {
        guard scenario.expected.outcome == "invoiced", scenario.expected.alternatives.isEmpty else { return }
        _ = numbers.withLock { $0.insert(number) }
    }

    func contains(_ number: String) -> Bool { numbers.withLock { $0.contains(number) } }
}
