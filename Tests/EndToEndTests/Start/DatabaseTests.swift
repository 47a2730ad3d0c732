import Domain
import Foundation
import TestSupport
import Testing

/// Databases that a process must not work with, or cannot get into: one line that names the setting, and the end (design 3 and 4).
@Suite("A database that will not do", .serialized, .timeLimit(.minutes(2)))
struct DatabaseTests {
    @Test(
        "a pooler in transaction mode: 1, and one line that says what it is and where to connect instead",
        arguments: [Program.worker(.push), .scheduler])
    func pooler(_ program: Program) async throws {
        try await Belt.with { belt in
            for options in [TransactionPooler.Options.refused, .dropped, .passedOn] {
                let pooler = try TransactionPooler(
                    to: belt.database.port, options: options, start: "conveyor@\(belt.database.name)")
                defer { pooler.close() }
                let url = belt.database.url.replacing(":\(belt.database.port)/", with: ":\(pooler.port)/")
                let said = try await belt.end(of: program, with: ["DATABASE_URL": url])
                #expect(said.hasPrefix("\(program.name): DATABASE_URL "), "\(said)")
                #expect(said.contains("is a pooler in transaction mode"), "\(said)")
                #expect(said.contains("Connect to PostgreSQL itself"), "\(said)")
                let migration = try await belt.conveyor("migrate", with: ["DATABASE_URL": url])
                #expect(migration.status == 1)
                #expect(migration.errors.contains("is a pooler in transaction mode"), "\(migration.errors)")
            }
        }
    }

    @Test("a wrong password: 1, and one line that names the setting and shows no password")
    func wrongPassword() async throws {
        let server = try PrivateServer(.postgres)
        try await server.start()
        try await server.setRules(["host all conveyor all scram-sha-256"])
        try await Belt.with { belt in
            let url = "postgres://conveyor:s3cr3t@127.0.0.1:\(server.port)/conveyor"
            let said = try await belt.end(of: .worker(.push), with: ["DATABASE_URL": url])
            #expect(said.hasPrefix("push-worker: DATABASE_URL "), "\(said)")
            #expect(said.contains("password authentication failed"), "\(said)")
        }
    }
}

extension Belt {
    /// What a process says that ends at start with status 1: one line without a secret.
    fileprivate func end(of program: Program, with environment: [String: String]) async throws -> String {
        let child = try start(program, with: environment)[0]
        #expect(try await child.exitStatus() == 1)
        let said = try child.errorText()
        #expect(said.split(separator: "\n").count == 1, "\(said)")
        #expect(!said.contains("s3cr3t"))
        return said
    }
}
