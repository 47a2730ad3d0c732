import PostgreSQL

extension RunLedger {
    /// Those of the ledger's rows since whose last deadline the partner has confirmed an effect of the stage to another order: it answers.
    package func passedBy(_ rows: [Int64]) async throws -> Set<Int64> {
        let found = try await session.query(
            """
            select s.id from submission s
            where s.id = any(\(rows))
              and exists (select 1 from order_event e
                          where e.at > s.deadline_at and e.stage = s.stage and e.kind = 'confirmed' and e.order_key <> s.order_key)
            """)
        return Set(try found.map { try $0.decode("id") })
    }
}
