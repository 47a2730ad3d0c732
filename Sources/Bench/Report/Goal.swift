/// What a figure is to reach.
package enum Goal: Sendable, Hashable {
    case atLeast(Double)
    case atMost(Double)
    case below(Double)

    package func isMet(by value: Double) -> Bool {
        switch self {
        case .atLeast(let limit): value >= limit
        case .atMost(let limit): value <= limit
        case .below(let limit): value < limit
        }
    }

    /// `>= 750`
    package var words: String {
        switch self {
        case .atLeast(let limit): ">= \(limit.rounded(to: 3))"
        case .atMost(let limit): "<= \(limit.rounded(to: 3))"
        case .below(let limit): "< \(limit.rounded(to: 3))"
        }
    }
}
