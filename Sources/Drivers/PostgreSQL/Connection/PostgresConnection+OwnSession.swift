package import Logging

extension PostgresConnection {
    /// Makes sure that every connection has a server session to itself, for as long as it lasts and with the settings it asked for.
    ///
    /// A pooler in transaction mode hands each transaction to any session that is free, so session locks would be held by nobody in
    /// particular. It is known by what it does, whatever its name: of two connections, each must keep its session, and never see the
    /// other's. A pooler gives the session that was used last, or the one that was not used for longest, to whoever comes next; in the first
    /// case the two meet on one session, in the second each wanders. They take turns by one, two, two, one: strictly by turns, each would
    /// meet its own again where the pooler has just two.
    ///
    /// - Throws: `.pooled`, which says what was seen; whatever `connect` throws.
    package static func requireOwnSessions(_ configuration: PostgresConfiguration, logger: Logger) async throws(PostgresError) {
        let session = configuration.holdingLocks()
        let first = try await connect(session, logger: logger)
        let second: PostgresConnection
        do throws(PostgresError) { second = try await connect(session, logger: logger) } catch {
            await first.close()
            throw error
        }
        let result: Result<Void, PostgresError>
        do throws(PostgresError) { result = .success(try await compare(first, second)) } catch { result = .failure(error) }
        await first.close()
        await second.close()
        try result.get()
    }

    private static func compare(_ first: PostgresConnection, _ second: PostgresConnection) async throws(PostgresError) {
        let own = (try await first.serverProcess(), try await second.serverProcess())
        // As between two users of a pool: a pooler that applied the settings by `SET` has lost them then.
        for connection in [first, second] { try await connection.query("discard all") }
        var isShared = own.0 == own.1
        for (connection, process) in [
            (second, own.1), (first, own.0), (first, own.0), (second, own.1), (second, own.1), (first, own.0),
        ]
        where !isShared {
            isShared = try await connection.serverProcess() != process
        }
        if isShared { throw .pooled(first.configuration, "its connections share server sessions") }
    }

    /// - Throws: `.pooled` when the session lacks the settings that were sent with its start.
    private func serverProcess() async throws(PostgresError) -> Int32 {
        let row = try await query("select pg_backend_pid() as process, current_setting('idle_session_timeout') as idle")[0]
        guard try row.decode("idle") == configuration.sessionSettings["idle_session_timeout"] else {
            throw .pooled(configuration, "it drops the session's settings")
        }
        return try row.decode("process")
    }
}

extension PostgresError {
    static func pooled(_ target: PostgresConfiguration, _ seen: String) -> PostgresError {
        PostgresError(
            .pooled,
            """
            What answers at \(target) is a pooler in transaction mode, or one that loses settings: \(seen). Locks and settings of a session \
            would be worth nothing there. Connect to PostgreSQL itself, or through a pooler in session mode that passes on the session's settings.
            """)
    }
}
