/// Where an order is on the belt. The numbers are contract: they are stored, shown and typed by people.
package enum OrderStatus: Int, CaseIterable, Codable, Sendable, Hashable, Comparable {
    case pulled = 1
    case pushed = 2
    case acknowledged = 3
    case shipped = 4
    case invoiced = 5
    case cancelled = 6

    /// The next status on the belt; `nil` where the belt ends. Only a person moves an order otherwise (design 9.3).
    package var next: OrderStatus? {
        switch self {
        case .pulled, .pushed, .acknowledged, .shipped: OrderStatus(rawValue: rawValue + 1)
        case .invoiced, .cancelled: nil
        }
    }

    package static func < (left: OrderStatus, right: OrderStatus) -> Bool { left.rawValue < right.rawValue }
}
