import FoundationEssentials
import PostgreSQL
import Rehearsal

/// The servers on which everything is measured: hands out databases and virtual hosts, each new.
struct Venue: Sendable {
    private static let template = "conveyor_bench_template"

    let surroundings: Surroundings
    private let admin: PostgresPool

    /// Migrates the database that all others are copies of.
    init(_ surroundings: Surroundings) async throws {
        self.surroundings = surroundings
        admin = PostgresPool(
            configuration: try PostgresConfiguration(url: surroundings.databaseURL, applicationName: "bench"), size: 1,
            logger: .silent)
        try await admin.query("drop database if exists \(unescaped: Self.template) with (force)")
        try await admin.query("create database \(unescaped: Self.template)")
        var environment = surroundings.inherited
        environment["DATABASE_URL"] = try surroundings.url(surroundings.databaseURL, path: Self.template)
        let log = "\(surroundings.logs)/migrate.log"
        let exit = try await ChildProcess(
            "\(surroundings.programs)/conveyor", ["migrate"], environment: environment, log: log
        ).exit()
        guard exit == .status(0) else { throw RehearsalError("the database could not be migrated (\(exit)); its log: \(log)") }
    }

    /// - Returns: the URL of a new database.
    func database(_ name: String) async throws -> String {
        try await drop(name)
        try await admin.query("create database \(unescaped: Self.name(name)) template \(unescaped: Self.template)")
        return try surroundings.url(surroundings.databaseURL, path: Self.name(name))
    }

    func drop(_ name: String) async throws {
        try await admin.query("drop database if exists \(unescaped: Self.name(name)) with (force)")
    }

    /// - Returns: the URL of a new virtual host. Old ones stay until the servers are wiped: RabbitMQ 3.10 takes quorum queues of others down
    ///   with those it deletes.
    func virtualHost(_ name: String) async throws -> String {
        let vhost = "bench-\(name)-\(Int(Date().timeIntervalSince1970 * 1000))"
        try await Broker(url: surroundings.managementURL, vhost: vhost).createVirtualHost()
        return try surroundings.url(surroundings.amqpURL, path: vhost)
    }

    private static func name(_ name: String) -> String { "conveyor_bench_\(name)" }
}
