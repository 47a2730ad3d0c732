import Logging
import PostgreSQL
import ServiceLifecycle
import Store

/// The first step of every process: a database that answers, lets us in, gives us sessions of our own and has the migrations of this program.
struct Startup: Sendable {
    let database: PostgresConfiguration
    let migrator: Migrator
    let logger: Logger

    /// Waits for a server that does not answer, with one clear line; what waiting cannot cure is thrown.
    ///
    /// - Returns: `false` when the process was asked to stop meanwhile.
    func waitForDatabase() async throws -> Bool {
        try await cancelWhenGracefulShutdown {
            do {
                try await connectAndCheck()
                return true
            } catch  where Task.isCancelled {
                return false
            }
        }
    }

    private func connectAndCheck() async throws {
        var hasWaited = false
        while true {
            do {
                try await PostgresConnection.requireOwnSessions(database, logger: logger)
                let connection = try await PostgresConnection.connect(database, logger: logger)
                do { try await Schema.check(connection, migrator) } catch {
                    await connection.close()
                    throw error
                }
                await connection.close()
                if hasWaited { logger.notice("the database answers") }
                return
            } catch let error as PostgresError where [.authenticationFailed, .databaseMissing, .pooled].contains(error.code) {
                throw SettingError(.databaseURL, "is wrong: \(error)")
            } catch let error as PostgresError where [.connectionFailed, .connectionLost, .timedOut].contains(error.code) {
                if !hasWaited { logger.warning("waiting for the database", error: error) }
                hasWaited = true
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
