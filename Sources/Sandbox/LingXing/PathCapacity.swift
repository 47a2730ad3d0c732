import FoundationEssentials
import Synchronization

/// Requests that may run at once, per path (LingXing contract 5): capacity, not a rate.
final class PathCapacity: Sendable {
    private struct Use {
        var running = 0
        /// Capacity that calls which were cut still take.
        var held: [Date] = []
        var lastStart = Date.distantPast
    }

    private let uses = Mutex<[String: Use]>([:])

    func enter(_ path: String, capacity: Int, gap: Double, now: Date) -> Bool {
        uses.withLock { uses in
            var use = uses[path, default: Use()]
            use.held.removeAll { $0 <= now }
            guard use.running + use.held.count < capacity, now.timeIntervalSince(use.lastStart) >= gap else { return false }
            use.lastStart = now
            use.running += 1
            uses[path] = use
            return true
        }
    }

    func leave(_ path: String) {
        uses.withLock { $0[path]?.running -= 1 }
    }

    func hold(_ path: String, until: Date) {
        uses.withLock { $0[path, default: Use()].held.append(until) }
    }
}
