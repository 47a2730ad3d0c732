import CPostgres
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
