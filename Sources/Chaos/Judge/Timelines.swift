import Domain
package import PostgreSQL

/// What the orders' timelines tell of all orders together.
package struct Timelines: Sendable {
    private let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    /// Runs of one stage of the belt that wrote to a partition while another one was at it (design 9.4): the timeline's lines are written
    /// under the locks, and no two runs' lines of one partition may lie between each other.
    package func overlaps() async throws -> [Finding] {
        let rows = try await pool.query(
            """
            with span as (
              select e.stage, o.partition::int as partition, e.run_id, min(e.at) as first, max(e.at) as last
              from order_event e join dsco_order_sync o on o.order_key = e.order_key
              where e.run_id is not null and e.stage in ('push', 'ack', 'ship', 'invoice')
              group by e.stage, o.partition, e.run_id
            ), before as (
              select span.*, max(last) over (partition by stage, partition order by first, last
                                             rows between unbounded preceding and 1 preceding) as busy_until
              from span
            )
            select stage, partition, run_id::text as run, first::text as began, busy_until::text as busy from before
            where first < busy_until order by first
            """)
        return try rows.map { row in
            Finding(
                .overlaps,
                "\(try row.decode("stage", as: String.self)) of partition \(try row.decode("partition", as: Int.self)): run \(try row.decode("run", as: String.self)) wrote at \(try row.decode("began", as: String.self)), another one until \(try row.decode("busy", as: String.self))"
            )
        }
    }

    /// The lines that move a status, by order key, in their order.
    package func steps() async throws -> [String: [Evidence.Step]] {
        let rows = try await pool.query(
            """
            select order_key, kind, text from order_event
            where kind in ('pulled', 'advanced', 'cancelled', 'status_set') order by order_key, id
            """)
        return try rows.reduce(into: [:]) { steps, row in
            guard let kind = EventKind(rawValue: try row.decode("kind")) else { return }
            steps[try row.decode("order_key"), default: []].append(.init(kind, try row.decode("text")))
        }
    }
}
