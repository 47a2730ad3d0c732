import Foundation
import Logging
import PostgreSQL
import Testing

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// The error of a call that must fail.
func failure(
    _ call: () async throws -> some Any, _ location: SourceLocation = #_sourceLocation
) async -> PostgresError? {
    do {
        _ = try await call()
        Issue.record("the call succeeded", sourceLocation: location)
    } catch let error as PostgresError {
        return error
    } catch {
        Issue.record("not a PostgresError: \(error)", sourceLocation: location)
    }
    return nil
}

/// Polls until the condition holds; the deadline is generous, for a machine under load.
func eventually(
    within limit: Duration = .seconds(10), _ location: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("it did not become true within \(limit)", sourceLocation: location)
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

extension PostgresConnection {
    func processID() async throws -> Int32 { try await query("select pg_backend_pid()")[0].decode(0) }

    /// Whether a statement with this text is running in the database.
    func isRunning(_ text: String) async throws -> Bool {
        let pattern = "%\(text)%"
        return try await query(
            """
            select exists (select from pg_stat_activity where datname = current_database() and state = 'active'
                and pid <> pg_backend_pid() and query like \(pattern))
            """)[0].decode(0)
    }
}
