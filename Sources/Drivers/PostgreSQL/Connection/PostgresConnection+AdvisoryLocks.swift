/// Advisory locks of the session: held until released or until the session ends, and per database. A session that takes a lock
/// twice holds it twice.
extension PostgresConnection {
    /// Takes those of the locks `(class, key)` that no other session holds, in one round trip and without waiting.
    package func tryAdvisoryLocks(_ class: Int32, _ keys: [Int32]) async throws(PostgresError) -> Set<Int32> {
        guard !keys.isEmpty else { return [] }
        let distinct = Set(keys).sorted()
        let rows = try await query("select key from unnest(\(distinct)) as key where pg_try_advisory_lock(\(`class`), key)")
        return try Self.keys(rows)
    }

    /// - Returns: the locks that this session did hold.
    @discardableResult
    package func releaseAdvisoryLocks(_ class: Int32, _ keys: [Int32]) async throws(PostgresError) -> Set<Int32> {
        guard !keys.isEmpty else { return [] }
        let distinct = Set(keys).sorted()
        let rows = try await query("select key from unnest(\(distinct)) as key where pg_advisory_unlock(\(`class`), key)")
        return try Self.keys(rows)
    }

    private static func keys(_ rows: PostgresRows) throws(PostgresError) -> Set<Int32> {
        var keys: Set<Int32> = []
        for row in rows { keys.insert(try row.decode(0)) }
        return keys
    }
}
