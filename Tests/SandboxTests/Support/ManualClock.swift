import Foundation
import Sandbox
import Synchronization

/// Time that passes only when a test says so; waiting takes none.
final class ManualClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(_ seconds: Double) {
        time.withLock { $0 += seconds }
    }

    var clock: SandboxClock {
        SandboxClock(now: { self.now }, sleep: { _ in await Task.yield() })
    }
}
