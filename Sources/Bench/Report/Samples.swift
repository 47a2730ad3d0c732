/// Measurements of one thing, from the least to the most.
package struct Samples: Sendable, Hashable {
    package let sorted: [Double]

    package init(_ values: [Double]) { sorted = values.sorted() }

    package var least: Double { sorted.first ?? .infinity }
    package var most: Double { sorted.last ?? .infinity }
    package var median: Double { percentile(50) }

    /// The least value that so many percent of all do not exceed; infinite when nothing was measured, so that it meets no goal.
    package func percentile(_ percent: Double) -> Double {
        guard !sorted.isEmpty else { return .infinity }
        let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
        return sorted[min(max(Int(rank), 1), sorted.count) - 1]
    }
}
