import Composition
import FoundationEssentials
import Logging
import PostgreSQL
import RabbitMQ
import StageRunner
import Store

extension CommandContext {
    /// A command says everything itself, once, at its end.
    private static let silent = Logger(label: "conveyor") { _ in SwiftLogNoOpLogHandler() }

    /// How long a command waits for the broker before it gives up.
    private static let brokerPatience = Duration.seconds(5)

    func settings() async throws(SettingError) -> SettingsReader { try await SettingsReader(environment: environment) }

    /// Lends the database to the body, after a look whether its schema is the one that this program knows.
    func withDatabase<Result>(_ body: (PostgresPool) async throws -> Result) async throws -> Result {
        let configuration = try await settings().database(applicationName: "conveyor")
        let pool = PostgresPool(configuration: configuration, size: 2, logger: Self.silent)
        try await Schema.check(pool, MigrationFiles.migrator(environment: environment))
        return try await body(pool)
    }

    /// One session for what must not share, and before there is a schema.
    func withSession<Result>(_ body: (PostgresConnection) async throws -> Result) async throws -> Result {
        let configuration = try await settings().database(applicationName: "conveyor")
        try await PostgresConnection.requireOwnSessions(configuration, logger: Self.silent)
        let session = try await PostgresConnection.connect(configuration, logger: Self.silent)
        do {
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }

    /// Lends the broker to the body, everything declared.
    func withTicks<Result>(_ body: (TickPublisher) async throws -> Result) async throws -> Result {
        let configuration = try await settings().broker(connectionName: "conveyor")
        return try await withPublisher(configuration, topology: .conveyor) { try await body(TickPublisher($0)) }
    }

    func withPublisher<Result>(
        _ configuration: RabbitMQConfiguration, topology: RabbitMQTopology, _ body: (RabbitMQPublisher) async throws -> Result
    ) async throws -> Result {
        let publisher = RabbitMQPublisher(configuration: configuration, topology: topology, logger: Self.silent)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publisher.run() }
            defer { group.cancelAll() }
            try await publisher.waitUntilConnected(timeout: Self.brokerPatience)
            return try await body(publisher)
        }
    }
}
