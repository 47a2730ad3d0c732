/// Advisory locks of the session: held until a pool takes the session back or until it ends, and per database.
extension PostgresConnection {
    /// Takes those of the locks `(class, key)` that no other session holds, in one round trip and without waiting.
    package func tryAdvisoryLocks(_ class: Int32, _ keys: [Int32]) async throws(PostgresError) -> Set<Int32> {
        guard !keys.isEmpty else { return [] }
        let distinct = Set(keys).sorted()
        // A statement that fails midway keeps those it has got.
        hasSessionState = true
        let rows = try await query("select key from unnest(\(distinct)) as key where pg_try_advisory_lock(\(`class`), key)")
        var got: Set<Int32> = []
        for row in rows { got.insert(try row.decode(0)) }
        return got
    }
}
