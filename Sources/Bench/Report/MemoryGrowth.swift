/// By how much the private memory of processes grew over a long time. What a process holds swings with its runs by more than a leak would
/// show, so the medians of two long spans are compared, never two moments.
package struct MemoryGrowth: Sendable {
    private var early: [String: [Double]] = [:]
    private var late: [String: [Double]] = [:]

    package init() {}

    /// Takes the memory of one process at one moment.
    ///
    /// - Parameter share: how much of the whole time has passed, 0 to 1. The first sixth is for what is taken once; the second sixth is
    ///   compared with the last.
    package mutating func add(_ process: String, bytes: Int, at share: Double) {
        switch share {
        case ..<(1.0 / 6): break
        case ..<(2.0 / 6): early[process, default: []].append(Double(bytes))
        case (5.0 / 6)...: late[process, default: []].append(Double(bytes))
        default: break
        }
    }

    /// The process that grew most, and by how much over the whole time; `nil` before one was measured in both spans.
    package var worst: (process: String, bytes: Double)? {
        growths.max { $0.bytes < $1.bytes }
    }

    /// How much of the whole time lies between the middles of the two spans.
    private static let between = 11.0 / 12 - 3.0 / 12

    private var growths: [(process: String, bytes: Double)] {
        early.compactMap { process, values in
            late[process].map { (process, (Samples($0).median - Samples(values).median) / Self.between) }
        }
    }
}
