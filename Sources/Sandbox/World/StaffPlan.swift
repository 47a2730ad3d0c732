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
    /// Numbers that LingXing's staff put into one order: their goods leave in one parcel.
    private let merged = Mutex<[Set<String>]>([])

    func note(_ number: String, _ entry: Entry) {
        entries.withLock { $0[number, default: []].append(entry) }
    }

    func plan(for number: String) -> StaffPlan {
        entries.withLock { $0[number]?.first?.plan } ?? .ship
    }

    func noteMerged(_ numbers: Set<String>) { merged.withLock { $0.append(numbers) } }

    func areMerged(_ one: String, _ other: String) -> Bool {
        merged.withLock { groups in groups.contains { $0.isSuperset(of: [one, other]) } }
    }

    /// The orders that go by this number, as poNumber or as dscoOrderId.
    func orders(_ number: String) -> [Int] {
        entries.withLock { $0[number]?.map(\.dscoOrderID) } ?? []
    }
}
