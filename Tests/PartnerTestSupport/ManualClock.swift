package import FoundationEssentials
package import PartnerHTTP
import Synchronization

/// A clock that stands still. A sleeper does not wait: the clock jumps to where it wants to wake.
package final class ManualClock: Sendable {
    private struct State {
        var now = ContinuousClock.now
        var slept: [Duration] = []
    }

    private let state = Mutex(State())
    private let start: ContinuousClock.Instant
    private let startDate: Date

    package init(date: Date = Date(timeIntervalSince1970: 1_769_562_000)) {
        start = state.withLock { $0.now }
        startDate = date
    }

    package var now: ContinuousClock.Instant { state.withLock { $0.now } }

    /// Every pause asked for so far.
    package var slept: [Duration] { state.withLock { $0.slept } }

    package func advance(by duration: Duration) { state.withLock { $0.now += duration } }

    package var clock: PartnerClock {
        PartnerClock(
            now: { self.now },
            sleep: { until throws(CancellationError) in
                if Task.isCancelled { throw CancellationError() }
                self.state.withLock { state in
                    guard until > state.now else { return }
                    state.slept.append(until - state.now)
                    state.now = until
                }
            },
            date: { self.startDate.addingTimeInterval((self.now - self.start) / .seconds(1)) })
    }
}
