extension PostgresConnection {
    /// Runs the body in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// The body has the connection to itself. Its own queries on this connection, and those of its child tasks, go through; the
    /// queries of all other tasks wait in line until it has ended, so a body never waits for a task outside it that uses the same
    /// connection. A transaction inside a transaction is a savepoint. Once the body has returned, the commit is carried out even if
    /// the task is cancelled meanwhile.
    ///
    /// The body runs where the caller does, so it may use what is isolated to the caller. No network call belongs into it: the
    /// server ends a session that idles in a transaction for 5 s.
    ///
    /// - Throws: what the body throws; `.commitOutcomeUnknown` when the connection is lost while committing;
    ///   `.transactionRolledBack` when the body swallowed the error of a statement, which had failed the transaction already.
    @discardableResult
    package nonisolated func transaction<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        if let scope = TransactionScope.open(on: self) { return try await savepoint(depth: scope.depth + 1, body) }
        try await turn.take()
        defer { turn.give(()) }
        _ = try await send(.query("begin"), shielded: true)
        let result: T
        do {
            result = try await run(body, depth: 0)
        } catch {
            await rollBack(to: "rollback")
            throw error
        }
        try await commit()
        return result
    }

    private nonisolated func savepoint<T>(depth: Int, _ body: (PostgresConnection) async throws -> T) async throws -> T {
        let name = "conveyor_\(depth)"
        _ = try await send(.query("savepoint \(unescaped: name)"))
        let result: T
        do {
            result = try await run(body, depth: depth)
        } catch {
            await rollBack(to: "rollback to savepoint \(unescaped: name)")
            throw error
        }
        _ = try await send(.query("release savepoint \(unescaped: name)"))
        return result
    }

    private nonisolated func run<T>(_ body: (PostgresConnection) async throws -> T, depth: Int) async throws -> T {
        let scope = TransactionScope(on: self, depth: depth)
        defer { scope.close() }
        return try await TransactionScope.$current.withValue(scope) { try await body(self) }
    }

    private func commit() async throws(PostgresError) {
        let answers: [PostgresRows]
        do throws(PostgresError) {
            answers = try await send(.query("commit"), shielded: true)
        } catch {
            throw error.duringCommit
        }
        if answers.first?.tag == "ROLLBACK" {
            let words = "The transaction was rolled back: one of its statements had failed, and its error was not passed on."
            throw PostgresError(.transactionRolledBack, words)
        }
    }

    /// Leaves no transaction behind: a session that cannot roll back is closed, and the server rolls back.
    private func rollBack(to command: PostgresQuery) async {
        do throws(PostgresError) {
            _ = try await send(.query(command), timeout: .seconds(5), shielded: true)
        } catch {
            end(error)
        }
    }
}

extension PostgresError {
    /// Unless the server answered, or was never asked, no one knows whether it committed.
    fileprivate var duringCommit: PostgresError {
        guard !wasNeverSent, code == .connectionLost || (code == .timedOut && sqlState == nil) else { return self }
        let words =
            "The database session ended during COMMIT: whether the transaction is in the database is unknown. (\(message))"
        var error = PostgresError(.commitOutcomeUnknown, words)
        error.sqlState = sqlState
        error.story = story
        return error
    }
}
