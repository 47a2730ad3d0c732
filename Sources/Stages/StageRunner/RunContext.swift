package import Domain
package import FoundationEssentials
package import Logging
package import PostgreSQL
package import Store

/// What one run has at hand: its locks' session, one snapshot of the configuration, the clock and its budget.
package struct RunContext: Sendable {
    package var ledger: RunLedger
    package var configuration: RuntimeConfiguration
    package var now: @Sendable () -> Date
    /// When the run began: whatever a partner changed after that was perhaps not seen by it.
    package var started: Date
    /// 0 ..< 1.
    package var jitter: @Sendable () -> Double
    /// When the run should have ended; it stops taking up new work then.
    package var budgetEnd: ContinuousClock.Instant
    /// Whether the process was asked to stop.
    package var isStopping: @Sendable () -> Bool
    package var logger: Logger
    /// Whether a person asked for it, not the schedule.
    package var isAskedFor: Bool

    package var session: PostgresConnection { ledger.session }
    package var runID: UUID { ledger.runID }

    package init(
        ledger: RunLedger, configuration: RuntimeConfiguration, now: @escaping @Sendable () -> Date,
        jitter: @escaping @Sendable () -> Double, budgetEnd: ContinuousClock.Instant, isStopping: @escaping @Sendable () -> Bool,
        logger: Logger, isAskedFor: Bool = false
    ) {
        self.ledger = ledger
        self.configuration = configuration
        self.now = now
        started = now()
        self.jitter = jitter
        self.budgetEnd = budgetEnd
        self.isStopping = isStopping
        self.logger = logger
        self.isAskedFor = isAskedFor
    }

    /// The same run, for the orders of another scope.
    package func with(_ scope: RunLedger.Scope) -> RunContext {
        var context = self
        context.ledger = ledger.with(scope)
        return context
    }

    /// Whether the run should wind up.
    package var isOver: Bool { isStopping() || ContinuousClock.now >= budgetEnd }
}
