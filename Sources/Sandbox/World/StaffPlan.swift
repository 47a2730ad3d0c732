import Synchronization

/// What LingXing's staff do with an order.
enum StaffPlan: Sendable {
    case ship
    case splitRows, splitOutbounds
    case intercept
    case cancel, delete
}

/// Which order a LingXing number stands for: the only thing that the two simulated partners know about each other.
final class ScenarioBook: Sendable {
    struct Entry: Sendable {
        let dscoOrderID: Int
        let plan: StaffPlan
    }

    private let entries = Mutex<[String: [Entry]]>([:])

    func note(_ number: String, _ entry: Entry) {
        entries.withLock { $0[number, default: []].append(entry) }
    }

    func plan(for number: String) -> StaffPlan {
        entries.withLock { $0[number]?.first?.plan } ?? .ship
    }

    /// The orders that go by this number, as poNumber or as dscoOrderId.
    func orders(_ number: String) -> [Int] {
        entries.withLock { $0[number]?.map(\.dscoOrderID) } ?? []
    }
}
