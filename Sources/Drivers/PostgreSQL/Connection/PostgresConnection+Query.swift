import CPostgres
import Dispatch

extension PostgresConnection {
    /// Runs one statement.
    ///
    /// When the calling task is cancelled, the server is asked to stop; the connection stays usable.
    ///
    /// - Parameters:
    ///   - timeout: how long the server may be silent, where the caller has changed the session's `statement_timeout`.
    ///   - shielded: goes on although the task is cancelled, for what must be done in any case.
    @discardableResult
    package func query(
        _ query: PostgresQuery, timeout: Duration? = nil, shielded: Bool = false
    ) async throws(PostgresError) -> PostgresRows {
        let answers = try await perform(.query(query), timeout: timeout, shielded: shielded)
        guard let rows = answers.first else { throw .connectionLost("it answered a query without a result.") }
        return rows
    }

    /// Runs all statements in one round trip, all or nothing: outside a transaction they have one of their own; inside, the first
    /// failure fails the transaction.
    ///
    /// - Returns: the rows of each, in order.
    @discardableResult
    package func batch(_ queries: [PostgresQuery]) async throws(PostgresError) -> [PostgresRows] {
        queries.isEmpty ? [] : try await perform(.pipeline(queries), timeout: nil)
    }

    /// Runs several statements without parameters, as a migration has them. They share one transaction unless they hold their own.
    package func executeScript(_ sql: String, timeout: Duration? = nil) async throws(PostgresError) {
        hasSessionState = true
        _ = try await perform(.script(sql), timeout: timeout)
    }

    private func perform(
        _ request: PostgresRequest, timeout: Duration?, shielded: Bool = false
    ) async throws(PostgresError) -> [PostgresRows] {
        for query in request.queries {
            if let fault = query.fault { throw fault }
        }
        if TransactionScope.open(on: self) != nil { return try await send(request, timeout: timeout, shielded: shielded) }
        try await turn.take(shielded: shielded)
        defer { turn.give(()) }
        return try await send(request, timeout: timeout, shielded: shielded)
    }

    /// Sends a request as soon as the one before is answered. The caller has the turn.
    ///
    /// - Parameter shielded: goes on although the task is cancelled.
    func send(
        _ request: PostgresRequest, timeout: Duration? = nil, shielded: Bool = false
    ) async throws(PostgresError) -> [PostgresRows] {
        try await wire.take(shielded: shielded)
        defer { wire.give(()) }
        let id = nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                start(request, id: id, limit: limit(timeout)) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            if !shielded { enter { $0.cancelExchange(id) } }
        }
        return try result.get()
    }

    /// A little above the server's own time-out, so that it is the server that ends a slow statement, and a dead server that we give up.
    private func limit(_ timeout: Duration?) -> Duration? {
        let timeout = timeout ?? configuration.statementTimeout
        return timeout == .zero ? nil : timeout + .seconds(3)
    }
}
