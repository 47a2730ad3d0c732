import Foundation
import PartnerHTTP
import Synchronization

/// Time that moves only when the test says so.
final class SteppedClock: Sendable {
    private struct State {
        var elapsed = Duration.zero
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var next = 0
    }

    private let state = Mutex(State())
    let start = ContinuousClock.now

    var clock: PartnerClock {
        PartnerClock(
            now: { self.start + self.state.withLock { $0.elapsed } },
            sleep: { until throws(CancellationError) in
                do { try await self.sleep(until: until - self.start) } catch { throw CancellationError() }
            },
            date: { Date(timeIntervalSince1970: 1_720_429_074) })
    }

    func instant(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    func advance(to seconds: Double) {
        let due = state.withLock { state in
            state.elapsed = max(state.elapsed, .seconds(seconds))
            let due = state.sleepers.filter { $0.value.until <= state.elapsed }
            for key in due.keys { state.sleepers[key] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    private func sleep(until: Duration) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if until <= state.elapsed || Task.isCancelled { return true }
                    state.sleepers[id] = (until, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// Lets other tasks run until the condition holds; false when it does not within five seconds.
func eventually(_ condition: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < deadline {
        if await condition() { return true }
        await Task.yield()
    }
    return false
}
