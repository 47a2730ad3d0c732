/// Paces the calls to DSCO (design 8).
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
