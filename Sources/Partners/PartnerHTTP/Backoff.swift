/// Exponential pauses with full jitter between repeats of a call.
package struct Backoff: Sendable {
    package var base: Duration
    package var limit: Duration
    /// How many times a call is made in all.
    package var attempts: Int
    /// A number in 0…1, drawn for every pause.
    package var jitter: @Sendable () -> Double

    package init(
        base: Duration = .milliseconds(500), limit: Duration = .seconds(15), attempts: Int = 4,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.base = base
        self.limit = limit
        self.attempts = attempts
        self.jitter = jitter
    }

    /// No repeats at all.
    package static let never = Backoff(attempts: 1)

    /// The pause after the given failed attempt (1 is the first): half of the exponential step, and up to as much again at
    /// random. What the partner asks for is a lower bound.
    package func pause(afterAttempt attempt: Int, askedFor retryAfter: Duration? = nil) -> Duration {
        let step = min(base * (1 << min(max(attempt - 1, 0), 20)), limit)
        let pause = step / 2 + step / 2 * min(max(jitter(), 0), 1)
        return max(pause, retryAfter ?? .zero)
    }
}
