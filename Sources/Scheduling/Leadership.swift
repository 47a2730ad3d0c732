import PostgreSQL

/// The leader's session: who leads is whoever holds the lock on it.
struct Leadership: Sendable {
    let session: PostgresConnection

    /// Asked directly before anything is published: a scheduler that was frozen or cut off learns here that another one leads. What remains
    /// is a freeze between the answer and the write; the other leader's ticks then meet the same locks and the same expiry.
    ///
    /// - Throws: when the session is over, and the lock with it.
    func confirm() async throws(PostgresError) { try await session.query("select 1") }
}
