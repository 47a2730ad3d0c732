package import Domain
package import FoundationEssentials
package import PostgreSQL

/// The writes of one run of an order stage. All of them go through the session that holds the partition locks, so a worker that lost its
/// locks cannot write (design 4, 7).
package struct RunLedger: Sendable {
    package let session: PostgresConnection
    package let stage: Stage
    package let runID: UUID
    package let partitions: [Int]
    /// The poNumbers or DSCO order ids that the tick names: the run is for these orders alone. Empty: for all that are due.
    package let names: [String]
    package let scope: Scope

    package init(
        session: PostgresConnection, stage: Stage, runID: UUID, partitions: [Int], names: [String] = [], scope: Scope = .belt
    ) {
        self.session = session
        self.stage = stage
        self.runID = runID
        self.partitions = partitions
        self.names = names
        self.scope = scope
    }

    /// The same run, for other orders.
    package func with(_ scope: Scope) -> RunLedger {
        RunLedger(session: session, stage: stage, runID: runID, partitions: partitions, names: names, scope: scope)
    }
}
