import Foundation
import Logging
package import PostgreSQL

/// A database of its own for one test, on the server that `CONVEYOR_TEST_DATABASE_URL` names.
package struct TestDatabase: Sendable {
    package let name: String
    package let url: String
    package let configuration: PostgresConfiguration

    package struct MissingServer: Error, CustomStringConvertible {
        package let description =
            "CONVEYOR_TEST_DATABASE_URL is not set: these tests need a PostgreSQL server and a role that may create databases."
    }

    /// Creates a database with a name no other has.
    ///
    /// - Parameter migrated: with the repository's own schema in it.
    package static func create(migrated: Bool = false) async throws -> TestDatabase {
        let name = "conveyor_test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try await asAdministrator { try await $0.query("create database \(unescaped: name)", timeout: .seconds(60)) }
        let database = try TestDatabase(name: name)
        if migrated {
            do {
                try await database.migrate()
            } catch {
                try await database.drop()
                throw error
            }
        }
        return database
    }

    package func drop() async throws {
        // Also when the test was cancelled by its time limit.
        _ = try await Task.detached {
            try await Self.asAdministrator { try await $0.query("drop database if exists \(unescaped: name) with (force)") }
        }.value
    }

    /// A session in this database; the caller closes it, or the end of the test does.
    package func connect(_ adjust: (inout PostgresConfiguration) -> Void = { _ in }) async throws -> PostgresConnection {
        var configuration = configuration
        adjust(&configuration)
        return try await PostgresConnection.connect(configuration, logger: .silent)
    }

    /// The server's port, for a proxy in front of it.
    package var port: UInt16 { url.firstMatch(of: #/:(\d+)//#).flatMap { UInt16($0.1) } ?? 5432 }

    /// Ends sessions of this database from outside, as an administrator or a crash would.
    package func terminate(processes: [Int32]) async throws {
        try await Self.asAdministrator { try await $0.query("select pg_terminate_backend(pid) from unnest(\(processes)) as pid") }
    }

    private init(name: String) throws {
        self.name = name
        let server = try Self.serverURL()
        let path = server.firstRange(of: #/://[^/?]*/#).map { server[$0.upperBound...] } ?? ""
        let query = path.firstIndex(of: "?").map { path[$0...] } ?? ""
        url = "\(server.dropLast(path.count))/\(name)\(query)"
        configuration = try PostgresConfiguration(url: url, applicationName: "conveyor-test")
    }

    private func migrate() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../migrations").standardizedFileURL
        let connection = try await connect()
        try await Migrator.load(directory: folder.path()).migrate(connection)
        await connection.close()
    }

    private static func serverURL() throws -> String {
        guard let url = ProcessInfo.processInfo.environment["CONVEYOR_TEST_DATABASE_URL"], !url.isEmpty else {
            throw MissingServer()
        }
        return url
    }

    @discardableResult
    private static func asAdministrator<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        let configuration = try PostgresConfiguration(url: serverURL(), applicationName: "conveyor-test")
        let connection = try await PostgresConnection.connect(configuration, logger: .silent)
        let result: Result<T, any Error>
        do { result = .success(try await body(connection)) } catch { result = .failure(error) }
        await connection.close()
        return try result.get()
    }
}

/// Runs a test in a database of its own and drops it afterwards, whatever happens.
package func withTestDatabase<T>(migrated: Bool = false, _ body: (TestDatabase) async throws -> T) async throws -> T {
    let database = try await TestDatabase.create(migrated: migrated)
    let result: Result<T, any Error>
    do { result = .success(try await body(database)) } catch { result = .failure(error) }
    try await database.drop()
    return try result.get()
}

extension Logger {
    fileprivate static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
