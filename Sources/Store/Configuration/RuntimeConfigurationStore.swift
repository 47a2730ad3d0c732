package import Domain
package import FoundationEssentials
import JSON
package import PostgreSQL

/// One version of the runtime configuration. A run uses one snapshot from its start to its end.
package struct ConfigurationSnapshot: Sendable, Hashable {
    package var version: Int
    package var configuration: RuntimeConfiguration
    package var changedBy: String
    package var changedAt: Date
}

/// The runtime configuration, its history, and what a change of it sets in motion (design 5).
package struct RuntimeConfigurationStore: Sendable {
    /// Where a change is announced; the payload is the new version.
    package static let channel = "conveyor_config"

    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    /// The current version, or `nil` as long as none was ever set.
    ///
    /// - Throws: `StoreError.unreadable` when what is stored is not valid for this version of the program.
    package func current() async throws -> ConfigurationSnapshot? {
        let rows = try await pool.query(
            "select version, document, changed_by, changed_at from runtime_config where domain = \(RuntimeConfiguration.domain)")
        return try rows.first.map(Self.snapshot)
    }

    /// Every version so far, newest first.
    package func history(limit: Int) async throws -> [ConfigurationSnapshot] {
        let rows = try await pool.query(
            """
            select version, document, changed_by, changed_at from runtime_config_history where domain = \(RuntimeConfiguration.domain)
            order by version desc limit \(limit)
            """)
        return try rows.map(Self.snapshot)
    }

    /// Puts a checked configuration in force: one transaction for the document, its history, the announcement, and a new look at every
    /// order whose hold the change could cure or that waited only because a stage must not write.
    ///
    /// A configuration equal to the current one changes nothing and makes no version.
    ///
    /// - Parameter ifVersion: the version that the change was made from; 0 for none.
    /// - Throws: `StoreError.conflict` when another version is current.
    package func set(_ configuration: RuntimeConfiguration, ifVersion: Int?, by: String, now: Date) async throws
        -> ConfigurationSnapshot
    {
        let domain = RuntimeConfiguration.domain
        let document = PostgresJSON(text: configuration.document.text())
        return try await pool.withTransaction { session in
            // Version 0 stands for "none yet", so that there is a row to lock; a failure takes it back.
            try await session.query(
                """
                insert into runtime_config (domain, version, document, changed_by, changed_at)
                values (\(domain), 0, \(PostgresJSON(text: "{}")), \(by), \(now)) on conflict (domain) do nothing
                """)
            let rows = try await session.query(
                "select version, document, changed_by, changed_at from runtime_config where domain = \(domain) for update")
            let current: Int = try rows[0].decode("version")
            if let ifVersion, ifVersion != current {
                throw StoreError(
                    .conflict,
                    "the runtime configuration is at version \(current), not \(ifVersion): read it again and repeat the change")
            }
            // A document that cannot be read any more counts as one in which everything was otherwise.
            let former = current == 0 ? RuntimeConfiguration() : try? Self.snapshot(rows[0]).configuration
            if current > 0, former == configuration { return try Self.snapshot(rows[0]) }

            let next = ConfigurationSnapshot(version: current + 1, configuration: configuration, changedBy: by, changedAt: now)
            try await session.batch([
                """
                update runtime_config set version = \(next.version), document = \(document), changed_by = \(by), changed_at = \(now)
                where domain = \(domain)
                """,
                """
                insert into runtime_config_history (domain, version, document, changed_by, changed_at)
                values (\(domain), \(next.version), \(document), \(by), \(now))
                """,
                Self.reexamination(configuration, after: former, now: now),
                "select pg_notify(\(Self.channel), \(String(next.version)))",
            ])
            return next
        }
    }

    /// Holds stay until a run decides otherwise. Rows are locked in key order, as everywhere.
    static func reexamination(_ new: RuntimeConfiguration, after old: RuntimeConfiguration?, now: Date) -> PostgresQuery {
        let holds =
            old.map { HoldReason.curable(by: new, after: $0) }
            ?? Set(HoldReason.allCases.filter(\.isLiftedByDecision).map { CurableHold($0) })
        var waits = old.map { WaitReason.curable(by: new, after: $0) } ?? []
        waits.insert(.writeOff)
        return """
            update dsco_order_sync o set next_attempt = \(now)
            from (select order_key from dsco_order_sync
                  where order_key in (
                    select h.order_key from dsco_order_sync h
                    join json_to_recordset(\(PostgresJSON(text: JSON.array(holds.map(\.condition)).text())))
                      as x (reason text, facts text, beginning text) on h.hold_reason = x.reason
                    where (x.facts is null or h.hold_facts = x.facts)
                      and (x.beginning is null or starts_with(h.hold_facts, x.beginning))
                    union all
                    select order_key from dsco_order_sync where wait_reason = any(\(waits.map(\.rawValue).sorted())) and hold_reason is null)
                  and status between 1 and 4 and next_attempt > \(now)
                  order by order_key for update) as x
            where o.order_key = x.order_key
            """
    }

    private static func snapshot(_ row: PostgresRow) throws -> ConfigurationSnapshot {
        let version: Int = try row.decode("version")
        let document: PostgresJSON = try row.decode("document")
        do {
            return ConfigurationSnapshot(
                version: version, configuration: try RuntimeConfiguration.parse(document.bytes),
                changedBy: try row.decode("changed_by"), changedAt: try row.decode("changed_at"))
        } catch let faults as ConfigurationFaults {
            throw StoreError(
                .unreadable, "version \(version) of the runtime configuration is not valid for this program: \(faults)",
                underlying: faults)
        }
    }
}

extension CurableHold {
    fileprivate var condition: JSON {
        var row: [(String, JSON)] = [("reason", .string(reason.rawValue))]
        switch facts {
        case .any: break
        case .equal(let facts): row.append(("facts", .column(facts)))
        case .beginning(let beginning): row.append(("beginning", .column(beginning)))
        }
        return .object(JSONObject(row))
    }
}
