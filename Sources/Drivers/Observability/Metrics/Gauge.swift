import Metrics
import NIOConcurrencyHelpers

/// A value that comes and goes.
final class Gauge: MeterHandler, RecorderHandler {
    private let last = NIOLockedValueBox(0.0)

    var value: Double { last.withLockedValue { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { last.withLockedValue { $0 = value } }
    func increment(by amount: Double) { last.withLockedValue { $0 += amount } }
    func decrement(by amount: Double) { last.withLockedValue { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}
