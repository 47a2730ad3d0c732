import FoundationEssentials
import Synchronization

/// DSCO's limits per second and per minute, per call (DSCO contract 1.3), as sliding windows.
final class CallRateLimiter: Sendable {
    private static let published: [String: (second: Int, minute: Int)] = [
        "GET /order/": (10, 500), "GET /order/page": (10, 500), "POST /order/acknowledge": (15, 1000),
        "POST /order/singleShipment": (15, 300), "GET /invoice": (15, 1000), "POST /invoice": (15, 1000),
        "GET /inventory": (15, 300),
        "POST /inventory/singleItem": (5, 300),
    ]

    private let calls = Mutex<[String: [Date]]>([:])

    func permits(_ route: String, at now: Date) -> Bool {
        let limit = Self.published[route] ?? (5, 300)
        return calls.withLock { calls in
            var times = calls[route, default: []].filter { $0 > now.addingTimeInterval(-60) }
            defer { calls[route] = times }
            guard times.count < limit.minute, times.count(where: { $0 > now.addingTimeInterval(-1) }) < limit.second else {
                return false
            }
            times.append(now)
            return true
        }
    }
}
