import Metrics
import NIOConcurrencyHelpers

/// A sum that only grows.
final class Counter: CounterHandler, FloatingPointCounterHandler {
    private let sum = NIOLockedValueBox(0.0)

    var value: Double { sum.withLockedValue { $0 } }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    /// Ignores what would make it shrink, or stop being a number.
    func increment(by amount: Double) {
        guard amount >= 0, amount.isFinite else { return }
        sum.withLockedValue { $0 += amount }
    }

    func reset() { sum.withLockedValue { $0 = 0 } }
}
