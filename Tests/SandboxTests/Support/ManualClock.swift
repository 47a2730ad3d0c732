import Foundation
import Sandbox
import Synchronization

/// Time that passes only when a test says so; waiting takes none, unless a gate holds the sleepers.
final class ManualClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))
    private let gate = Mutex<Gate?>(nil)

    var now: Date { time.withLock { $0 } }

    func advance(_ seconds: Double) {
        time.withLock { $0 += seconds }
    }

    /// From now on sleepers wait until the gate opens.
    func hold() -> Gate {
        let gate = Gate()
        self.gate.withLock { $0 = gate }
        return gate
    }

    var clock: SandboxClock {
        SandboxClock(now: { self.now }, sleep: { _ in await self.gate.withLock { $0 }?.pass() })
    }

    final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var sleepers: [CheckedContinuation<Void, Never>] = []
            var watchers: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        func pass() async {
            await withCheckedContinuation { continuation in
                let watchers = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                    guard !state.isOpen else { return nil }
                    state.sleepers.append(continuation)
                    defer { state.watchers = [] }
                    return state.watchers
                }
                guard let watchers else { return continuation.resume() }
                for watcher in watchers { watcher.resume() }
            }
        }

        /// Returns once somebody sleeps.
        func waitForSleeper() async {
            await withCheckedContinuation { continuation in
                let sleeps = state.withLock { state -> Bool in
                    if state.sleepers.isEmpty { state.watchers.append(continuation) }
                    return !state.sleepers.isEmpty
                }
                if sleeps { continuation.resume() }
            }
        }

        func open() {
            let sleepers = state.withLock { state in
                state.isOpen = true
                defer { state.sleepers = [] }
                return state.sleepers
            }
            for sleeper in sleepers { sleeper.resume() }
        }
    }
}
