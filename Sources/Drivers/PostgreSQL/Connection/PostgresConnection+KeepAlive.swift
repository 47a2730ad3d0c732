import CPostgres
import Dispatch
import NIOConcurrencyHelpers

extension PostgresConnection {
    /// Pings the server while nothing else is going on, so that a session with `idle_session_timeout` lives as long as its process
    /// does and no longer, and so that a lost one is noticed within a few intervals (`whenClosed()`).
    ///
    /// No ping is sent inside a transaction: one that idles is to be ended by its own time-out.
    package func keepAlive(every interval: Duration) {
        guard isOpen else { return }
        let timer = QueueTimer(on: queue) { [weak self] in self?.assumeIsolated { $0.ping(within: interval * 2) } }
        timer.fire(every: interval)
        keepAliveTimer = timer
    }

    /// Ends the session unless its next user comes in time: see `isAlive(trusted:)`.
    func close(afterIdle limit: Duration) {
        guard isOpen else { return }
        let timer = QueueTimer(on: queue) { [weak self] in self?.assumeIsolated { $0.end(nil) } }
        timer.fire(at: .now() + limit.dispatchInterval)
        idleTimer = timer
    }

    /// Whether the server still answers on a session that has been idle: one whose peer vanished without a word would else cost its next
    /// user the whole statement time-out.
    ///
    /// - Parameter trusted: how long after its last answer the session is taken at its word.
    func isAlive(trusted: Duration) async -> Bool {
        idleTimer = nil
        guard isOpen else { return false }
        guard ContinuousClock.now - lastAnswer > trusted else { return true }
        do throws(PostgresError) {
            // Given up a few seconds later.
            _ = try await send(.script(""), timeout: .milliseconds(1), shielded: true)
            return true
        } catch {
            end(error)
            return false
        }
    }

    /// Whether the server answered something that was sent less than `limit` ago.
    ///
    /// For a session whose `idle_session_timeout` is longer than that it tells, without asking anybody, that the server cannot have
    /// dropped it for its holder's silence: also in the first moment after a freeze, when nothing has noticed yet.
    package nonisolated func hasContact(within limit: Duration, at now: ContinuousClock.Instant = .now) -> Bool {
        contact.withLockedValue { $0.map { now - $0 < limit } ?? false }
    }

    private func ping(within limit: Duration) {
        guard let session, session.isIdle, wire.takeAtOnce() != nil else { return }
        start(.script(""), id: nextID(), limit: limit) { [wire] _ in wire.give(()) }
    }
}
