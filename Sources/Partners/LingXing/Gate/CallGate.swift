/// Keeps LingXing's limits: so many calls under way at once per app id and path, and a gap between their starts (LingXing
/// contract 5, design 8). The limits hold for the whole fleet.
package protocol CallGate: Sendable {
    /// Waits for a free slot of the endpoint and for the gap since the last start: within a process in order of arrival, between processes
    /// whoever asks first when one comes free.
    ///
    /// - Throws: `CallGateTimeout` when neither comes before `deadline`, `CancellationError`, or what the gate's own store
    ///   throws. Without a slot nothing is sent.
    func enter(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) async throws -> CallSlot

    /// Gives the slot back; after `.aborted` only LingXing's own time-out frees it.
    func leave(_ slot: CallSlot, _ end: CallEnd) async
}

/// The right to have one call of an endpoint under way.
package struct CallSlot: Sendable, Hashable {
    package let endpoint: LingXingEndpoint
    /// Which of the endpoint's slots: 0 ..< capacity.
    package let index: Int
    /// Tells this tenure of the slot from earlier ones.
    package let ticket: Int64
    /// When the slot may be somebody else's, on our clock; `nil` when only giving it back ends it. Whoever was frozen finds it passed.
    package let end: ContinuousClock.Instant?

    package init(endpoint: LingXingEndpoint, index: Int, ticket: Int64, end: ContinuousClock.Instant?) {
        self.endpoint = endpoint
        self.index = index
        self.ticket = ticket
        self.end = end
    }

    /// LingXing keeps the token of a call whose client went away for up to two minutes.
    package static let abortedHold: Duration = .seconds(120)
}

/// How a call that held a slot ended.
package enum CallEnd: Sendable, Hashable {
    /// An answer came, or the call never left: LingXing holds nothing.
    case over
    /// No answer: the call may still be running there.
    case aborted
}

package struct CallGateTimeout: Error, Sendable {
    package init() {}
}
