package import FoundationEssentials

/// The clock of the partner clients: instants for deadlines and pauses, and the calendar for dates in headers. Passed in, so
/// that tests decide what time it is.
package struct PartnerClock: Sendable {
    package var now: @Sendable () -> ContinuousClock.Instant
    /// Returns at that instant, or throws when the task is cancelled.
    package var sleep: @Sendable (_ until: ContinuousClock.Instant) async throws(CancellationError) -> Void
    package var date: @Sendable () -> Date

    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        sleep: @escaping @Sendable (_ until: ContinuousClock.Instant) async throws(CancellationError) -> Void,
        date: @escaping @Sendable () -> Date
    ) {
        self.now = now
        self.sleep = sleep
        self.date = date
    }

    package static let system = PartnerClock(
        now: { ContinuousClock.now },
        sleep: { until throws(CancellationError) in
            do { try await ContinuousClock().sleep(until: until) } catch { throw CancellationError() }
        },
        date: { Date() })
}
