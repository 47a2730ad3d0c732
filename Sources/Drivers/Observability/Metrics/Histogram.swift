import Metrics
import NIOConcurrencyHelpers

/// Counts values by size, in fixed buckets, so that the pages of several processes add up.
final class Histogram: RecorderHandler, TimerHandler {
    /// From one database round trip to a long run.
    static let seconds: [Double] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
    /// Batch sizes, bytes, counts.
    static let sizes: [Double] = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000]

    struct Snapshot {
        let bounds: [Double]
        /// One count a bound, and one for what lies above the last.
        fileprivate(set) var counts: [UInt64]
        fileprivate(set) var sum = 0.0
    }

    private let state: NIOLockedValueBox<Snapshot>

    /// - Parameter bounds: upper bounds, ascending; a value equal to a bound belongs below it.
    init(bounds: [Double]) {
        state = NIOLockedValueBox(Snapshot(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func snapshot() -> Snapshot { state.withLockedValue { $0 } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        state.withLockedValue { state in
            let bucket = state.bounds.firstIndex { value <= $0 } ?? state.bounds.count
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
}

extension Histogram.Snapshot {
    /// Cumulative buckets, then sum and count.
    func write(name: String, labels: LabelSet, to page: inout String) {
        var total: UInt64 = 0
        for (count, bound) in zip(counts, bounds.map(MetricName.number) + ["+Inf"]) {
            total += count
            page += "\(name)_bucket\(labels.text(adding: bound)) \(total)\n"
        }
        page += "\(name)_sum\(labels.text) \(MetricName.number(sum))\n"
        page += "\(name)_count\(labels.text) \(total)\n"
    }
}
