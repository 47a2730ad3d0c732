import Domain
import FoundationEssentials
import PostgreSQL

/// Which standing orders deserve a new look, and the statements that give them one. The hold itself stays until a run decides otherwise.
enum Reexamination {
    /// What a change of the runtime configuration could cure.
    static let curedByConfiguration: Set<HoldReason> = [
        .shopUnmapped, .logisticsUnmapped, .addressIncomplete, .priceMissing, .lineUnidentified, .poNumberShared, .multiplePackages,
        .quantityMismatch,
    ]

    /// What a new payload from DSCO could cure.
    static let curedByPayload: Set<HoldReason> = [
        .shopUnmapped, .logisticsUnmapped, .addressIncomplete, .priceMissing, .lineUnidentified, .noUnitsLeft, .poNumberShared,
        .cancelRequested, .completedAtDSCO, .quantityMismatch,
    ]

    /// Rows are locked in key order, as everywhere.
    static func afterConfigurationChange(now: Date) -> PostgresQuery {
        """
        update dsco_order_sync o set next_attempt = \(now)
        from (select order_key from dsco_order_sync
              where status between 1 and 4 and next_attempt > \(now)
                and (hold_reason = any(\(curedByConfiguration.map(\.rawValue).sorted())) or wait_reason = 'write_off')
              order by order_key for update) as x
        where o.order_key = x.order_key
        """
    }
}
