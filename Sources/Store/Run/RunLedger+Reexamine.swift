import Domain
package import FoundationEssentials
import PostgreSQL

extension RunLedger {
    /// Gives a new look to what this run decided by a configuration that was changed meanwhile: the change itself could not know of holds
    /// and waits that were not there yet.
    ///
    /// - Parameters:
    ///   - version: of the configuration that the run used.
    ///   - started: when the run began.
    package func reexamine(unlessConfigurationIs version: Int, started: Date, now: Date) async throws {
        guard let source = stage.source else { return }
        // The share lock waits for a change that is just being made.
        let rows = try await session.query(
            "select version from runtime_config where domain = \(RuntimeConfiguration.domain) for share")
        guard let current = try rows.first?.decode("version", as: Int.self), current != version else { return }
        let holds = HoldReason.allCases.filter(\.isLiftedByDecision).map(\.rawValue)
        let waits: [WaitReason] = [.writeOff, .notReviewed, .notShipped, .partlyShipped]
        try await session.query(
            """
            update dsco_order_sync o set next_attempt = \(now)
            from (select order_key from dsco_order_sync
                  where status = \(source.rawValue) and partition = any(\(partitions)::int[]) and updated_at >= \(started)
                    and next_attempt > \(now)
                    and (hold_reason = any(\(holds)) or (hold_reason is null and wait_reason = any(\(waits.map(\.rawValue)))))
                  order by order_key for update) as x
            where o.order_key = x.order_key
            """)
    }
}
