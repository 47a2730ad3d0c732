package import Domain
package import FoundationEssentials
package import PostgreSQL

/// The last fire of each job: after a change of leader a missed fire is made up once.
package struct JobFireStore: Sendable {
    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    package func last() async throws -> [Stage: Date] {
        var fires: [Stage: Date] = [:]
        for row in try await pool.query("select job, fired_at from job_fire") {
            let job: String = try row.decode("job")
            if let stage = Stage.allCases.first(where: { $0.job == job }) { fires[stage] = try row.decode("fired_at") }
        }
        return fires
    }

    /// Notes a fire; an older one than the last says nothing.
    package func record(_ stage: Stage, firedAt: Date) async throws {
        try await pool.query(
            """
            insert into job_fire (job, fired_at) values (\(stage.job), \(firedAt))
            on conflict (job) do update set fired_at = greatest(job_fire.fired_at, excluded.fired_at)
            """)
    }
}
