/// What went wrong between this process and PostgreSQL.
///
/// `description` is for logs and for people who may see no order data: it never holds a row's values, the SQL's parameters or a
/// password. `debugDescription` adds what the server said beyond that (its detail may quote a row) and the SQL text.
package struct PostgresError: Error, Sendable {
    package enum Code: Sendable, Hashable {
        /// The database URL cannot be used; the message says which part of it.
        case invalidURL
        /// No session could be opened: refused, unreachable, still starting, too many sessions.
        case connectionFailed
        /// The server does not let this role in, or its password is wrong.
        case authenticationFailed
        /// The server is there, the database is not.
        case databaseMissing
        /// What answers is a pooler that lends a server session for one transaction at a time, or that drops the session's settings:
        /// advisory locks and time-outs would silently be worth nothing.
        case pooled
        /// An open session ended. What was asked may or may not have been done, unless it ran in a transaction: that was not committed.
        case connectionLost
        /// The session ended while `COMMIT` was under way: the transaction may or may not be in the database. Look before repeating.
        case commitOutcomeUnknown
        /// A body returned normally although one of its statements had failed, so the server rolled its transaction back.
        case transactionRolledBack
        /// The server refused a statement.
        case server(sqlState: String)
        /// The calling task was cancelled.
        case cancelled
        /// The statement timeout, the client's own deadline, or the longest wait for a pooled connection was reached.
        case timedOut
        /// The query cannot be sent: a NUL character in a text, a number that is none, too many parameters.
        case invalidQuery
        /// A value does not fit the type it was asked for.
        case decoding
        /// The pool was shut down.
        case poolClosed
    }

    package let code: Code
    /// The server's five-character condition code, where it gave one.
    package internal(set) var sqlState: String?
    /// The constraint that refused the row.
    package internal(set) var constraint: String?
    package internal(set) var table: String?
    package internal(set) var column: String?

    let message: String
    /// For `debugDescription` alone: detail, hint, context, SQL.
    var story: [String] = []
    /// The session had ended before anything was sent, so nothing was done.
    var wasNeverSent = false

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        if case .server(let sqlState) = code { self.sqlState = sqlState }
    }
}

extension PostgresError {
    /// A row with this key exists already (23505).
    package var isUniqueViolation: Bool { sqlState == "23505" }

    /// The session is gone: whoever held locks on it holds none any more.
    package var isConnectionLoss: Bool { code == .connectionLost || code == .commitOutcomeUnknown }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { message }

    package var debugDescription: String { ([message] + story).joined(separator: "\n  ") }
}

extension PostgresError {
    static let cancelled = PostgresError(.cancelled, "The database call was cancelled, because its task was.")

    static func connectionLost(_ words: String) -> PostgresError {
        PostgresError(.connectionLost, "The database session ended: \(words)")
    }
}
