/// How long to wait before the next attempt to connect.
package struct ReconnectPolicy: Sendable {
    /// The pause after so many failures in a row (1 or more).
    package let delay: @Sendable (_ failures: Int) -> Duration

    package init(delay: @escaping @Sendable (_ failures: Int) -> Duration) {
        self.delay = delay
    }

    /// Doubles from `first` to `longest`; each pause is between half and all of that, so that a fleet does not return in step.
    ///
    /// With the defaults, in milliseconds: 125-250, 250-500, 500-1000, then 1000-2000. The longest pause is part of the time from a broker
    /// that is back to the first message, for which ten seconds are the goal.
    package static func exponential(
        first: Duration = .milliseconds(250), longest: Duration = .seconds(2),
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) -> ReconnectPolicy {
        ReconnectPolicy { failures in
            let full = min(longest, first * (1 << min(max(failures - 1, 0), 20)))
            return full * (0.5 + random() / 2)
        }
    }
}
