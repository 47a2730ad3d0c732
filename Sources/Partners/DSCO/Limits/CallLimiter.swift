package import PartnerHTTP

/// Paces the calls to DSCO. The one below keeps the limits of one process, `FleetCallLimiter` those of the fleet (design 8).
package protocol CallLimiter: Sendable {
    /// Returns when the call may be made.
    ///
    /// - Throws: when no slot comes free before `deadline`, without waiting for it.
    func acquire(_ endpoint: DSCOEndpoint, before deadline: ContinuousClock.Instant?) async throws(CallLimitError)
}

package enum CallLimitError: Error, Sendable, Hashable {
    case noSlot(retryAfter: Duration)
    case cancelled
}

/// Paces the calls of this process alone.
package actor InProcessCallLimiter: CallLimiter {
    private let clock: PartnerClock
    private var buckets: [DSCOEndpoint: [PacedBucket]] = [:]

    package init(clock: PartnerClock = .system) {
        self.clock = clock
    }

    package func acquire(_ endpoint: DSCOEndpoint, before deadline: ContinuousClock.Instant?) async throws(CallLimitError) {
        let slot = try reserve(endpoint, before: deadline)
        guard slot > clock.now() else { return }
        do { try await clock.sleep(slot) } catch { throw .cancelled }
    }

    /// Slots are handed out in the order asked, without a wait in between, so reservations cannot overtake each other.
    private func reserve(
        _ endpoint: DSCOEndpoint, before deadline: ContinuousClock.Instant?
    ) throws(CallLimitError) -> ContinuousClock.Instant {
        let now = clock.now()
        var pair = buckets[endpoint] ?? [endpoint.rateLimit.secondBucket, endpoint.rateLimit.minuteBucket]
        let slot = pair.map { $0.earliest(from: now) }.max() ?? now
        if let deadline, slot >= deadline, slot > now { throw .noSlot(retryAfter: slot - now) }
        for index in pair.indices { pair[index].take(at: slot) }
        buckets[endpoint] = pair
        return slot
    }
}
