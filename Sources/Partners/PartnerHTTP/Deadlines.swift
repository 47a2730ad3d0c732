/// When a call must be over, and until when it may be sent at all.
package struct Deadlines: Sendable {
    /// Total time for one attempt, from its sending to the last byte of the answer.
    package var timeout: Duration
    /// The end of the permission to send (a write's committed intent, design 7.2), or of the caller's patience (a read).
    package var permit: ContinuousClock.Instant?

    package init(timeout: Duration, permit: ContinuousClock.Instant? = nil) {
        self.timeout = timeout
        self.permit = permit
    }

    /// The deadline of an attempt that goes out now, cut to end by the permission; nil when the permission has ended.
    package func end(sendingAt now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let permit else { return now + timeout }
        return now < permit ? min(now + timeout, permit) : nil
    }

    /// Whether another attempt could still start at that instant.
    package func allowStart(at instant: ContinuousClock.Instant) -> Bool {
        permit.map { instant < $0 } ?? true
    }
}
