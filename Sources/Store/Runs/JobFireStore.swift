package import Domain
package import FoundationEssentials
package import PostgreSQL

/// The last fire of each job, on the leader's session: after a change of leader a missed fire is made up once.
package struct JobFireStore: Sendable {
    private let session: PostgresConnection

    package init(_ session: PostgresConnection) { self.session = session }

    package func lastFires() async throws -> [Stage: Date] {
        var fires: [Stage: Date] = [:]
        for row in try await session.query("select job, fired_at from job_fire") {
            let job: String = try row.decode("job")
            if let stage = Stage.allCases.first(where: { $0.job == job }) { fires[stage] = try row.decode("fired_at") }
        }
        return fires
    }

    /// Notes a fire; one older than the last says nothing.
    package func record(_ stage: Stage, firedAt: Date) async throws {
        try await session.query(
            """
            insert into job_fire (job, fired_at) values (\(stage.job), \(firedAt))
            on conflict (job) do update set fired_at = greatest(job_fire.fired_at, excluded.fired_at)
            """)
    }

    /// Has no job wait for a time to come: fires noted for later than now, by a clock that was wrong, count as of now.
    package func cut(at now: Date) async throws {
        try await session.query("update job_fire set fired_at = \(now) where fired_at > \(now)")
    }
}
