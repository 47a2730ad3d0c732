import Foundation
import PostgreSQL
import TestSupport
import Testing

/// Passwords and certificates, on a server of its own that asks for them.
@Suite("A login", .serialized, .timeLimit(.minutes(2)))
struct LoginTests {
    private static let password = "p@ss/w:rd s3cr3t"
    private static let encoded = "p%40ss%2Fw%3Ard%20s3cr3t"

    private static let shared = Task {
        let server = try PrivateServer(.postgres)
        try await server.start()
        let data = server.folder.appending(path: "postgres/data")
        let (key, certificate) = (data.appending(path: "server.key").path(), data.appending(path: "server.crt").path())
        let environment = ProcessInfo.processInfo.environment
        try await PrivateServer.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ], environment: environment)
        try await PrivateServer.run("chown", ["--reference=\(data.path())", key, certificate], environment: environment)
        try await PrivateServer.run("chmod", ["600", key], environment: environment)
        try FileManager.default.copyItem(atPath: certificate, toPath: server.folder.appending(path: "ca.crt").path())

        let administrator = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(server.port)/postgres")
        let session = try await PostgresConnection.connect(administrator, logger: .silent)
        try await session.query("create role guarded login password '\(unescaped: password)'")
        try await session.query("alter system set ssl = on")
        await session.close()
        try await server.setRules(["hostssl all guarded all scram-sha-256", "host all conveyor all trust"])
        // The server itself takes to TLS a moment after its sessions have read the settings.
        let encrypted = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(server.port)/postgres?sslmode=require")
        try await eventually {
            guard let first = try? await PostgresConnection.connect(encrypted, logger: .silent) else { return false }
            await first.close()
            return true
        }
        return server
    }

    private func connect(_ user: String, host: String = "localhost", _ query: String) async throws -> PostgresConnection {
        let server = try await Self.shared.value
        let certificate = server.folder.appending(path: "ca.crt").path()
        let url = "postgres://\(user)@\(host):\(server.port)/postgres?\(query.replacing("CA", with: certificate))"
        return try await PostgresConnection.connect(try PostgresConfiguration(url: url), logger: .silent)
    }

    @Test("with SCRAM over TLS, the server's certificate and name checked, is let in")
    func verified() async throws {
        let connection = try await connect("guarded:\(Self.encoded)", "sslmode=verify-full&sslrootcert=CA")
        let row = try await connection.query(
            "select ssl, version, current_user::text as role from pg_stat_ssl where pid = pg_backend_pid()")[0]
        #expect(try row.decode("ssl"))
        #expect(try row.decode("version", as: String.self).hasPrefix("TLSv1."))
        #expect(try row.decode("role") == "guarded")
        // A cancel request and a second connection go the same way.
        try await PostgresConnection.requireOwnSessions(connection.configuration, logger: .silent)
        await connection.close()
    }

    @Test(
        "with a wrong password, or none, is refused; waiting would not help and the password is not shown",
        arguments: ["guarded:wr0ng-s3cr3t", "guarded"])
    func wrongPassword(_ user: String) async throws {
        let error = await failure { try await connect(user, "sslmode=require") }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.debugDescription.contains("s3cr3t") == false, "\(String(describing: error))")
    }

    @Test(
        "whose certificate, or encryption, is not what was asked for fails, and says which",
        arguments: [
            ("127.0.0.1", "sslmode=verify-full&sslrootcert=CA", "does not match host name"),
            ("localhost", "sslmode=verify-full", "root certificate file"),
            ("localhost", "sslmode=disable", "no encryption"),
        ])
    func unverified(_ host: String, _ query: String, _ words: String) async throws {
        let error = await failure { try await connect("guarded:\(Self.encoded)", host: host, query) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(error?.debugDescription.contains("s3cr3t") == false)
    }
}
