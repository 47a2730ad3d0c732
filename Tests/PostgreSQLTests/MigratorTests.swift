import Foundation
import PostgreSQL
import TestSupport
import Testing

@Suite("The migrator")
struct MigratorTests {
    private let first = Migration(number: 1, name: "orders", sql: "create table orders (id int);\ncreate index on orders (id);\n")
    private let second = Migration(number: 2, name: "lines", sql: "create table lines (id int);")

    private func refusal(_ call: () async throws -> some Any) async -> MigrationError? {
        await #expect(throws: MigrationError.self) { _ = try await call() }
    }

    @Test("applies what is missing, in order and once")
    func applies() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            let one = try Migrator(migrations: [first]), two = try Migrator(migrations: [second, first])
            #expect(try await one.status(connection) == .behind(["orders"]))
            #expect(try await one.migrate(connection) == ["orders"])
            #expect(try await one.status(connection) == .current)
            #expect(try await two.status(connection) == .behind(["lines"]))
            #expect(try await two.migrate(connection) == ["lines"])
            #expect(try await two.migrate(connection) == [])
            #expect(try await one.status(connection) == .ahead)
            let timeout: String = try await connection.query("select current_setting('statement_timeout')")[0].decode(0)
            #expect(timeout == "30s")
            let held = try await connection.query("select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")
            #expect(held.isEmpty)
        }
    }

    @Test("queues with others that run at the same time")
    func concurrent() async throws {
        try await withTestDatabase { database in
            let slow = Migration(number: 2, name: "slow", sql: "select pg_sleep(0.3); create table lines (id int);")
            let migrator = try Migrator(migrations: [first, slow])
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        let connection = try await database.connect()
                        return try await migrator.migrate(connection)
                    }
                }
                return try await group.reduce([], +)
            }
            #expect(applied == ["orders", "slow"])
        }
    }

    @Test("rolls a failing migration back, keeps those before it, and can go on")
    func failing() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            let broken = Migration(number: 2, name: "lines", sql: "create table lines (id int); create table orders (id int);")
            let error = await refusal { try await Migrator(migrations: [first, broken]).migrate(connection) }
            #expect(error?.code == .failed && error?.underlying?.sqlState == "42P07")
            #expect(error?.description.contains("2 (lines)") == true)
            #expect(try await Migrator(migrations: [first, second]).migrate(connection) == ["lines"])
        }
    }

    @Test("refuses an edited migration, an unknown newer one and a gap, and says what to do")
    func refusals() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await Migrator(migrations: [first, second]).migrate(connection)
            let edited = try Migrator(migrations: [Migration(number: 1, name: "orders", sql: "select 1"), second])
            #expect(try await edited.status(connection) == .edited("orders"))
            let edit = await refusal { try await edited.migrate(connection) }
            #expect(edit?.code == .edited && edit?.description.contains("new migration") == true)
            let newer = await refusal { try await Migrator(migrations: [first]).migrate(connection) }
            #expect(newer?.code == .ahead && newer?.description.contains("newer release") == true)
            let gap = await refusal { try Migrator(migrations: [first, Migration(number: 3, name: "x", sql: "")]) }
            #expect(gap?.code == .gap && gap?.description.contains("3 (x)") == true)
            let double = await refusal { try Migrator(migrations: [first, first]) }
            #expect(double?.code == .gap)
            try await connection.query("delete from schema_migration where number = 1")
            #expect(await refusal { try await Migrator(migrations: [first, second]).migrate(connection) }?.code == .gap)
        }
    }

    @Test("takes a checkout with CRLF for the same migration")
    func lineEndings() {
        let windows = Migration(number: 1, name: "orders", sql: first.sql.replacing("\n", with: "\r\n"))
        #expect(windows.checksum == first.checksum)
        #expect(first.checksum.count == 64)
        #expect(Migration(number: 1, name: "orders", sql: first.sql + " ").checksum != first.checksum)
    }

    @Test("reads a folder of numbered files and refuses a file named otherwise")
    func folder() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(await refusal { try Migrator.load(directory: folder.path()) }?.code == .unreadable)
        try Data("select 2".utf8).write(to: folder.appending(path: "0002_lines.sql"))
        try Data("select 1".utf8).write(to: folder.appending(path: "0001_orders.sql"))
        try Data("notes".utf8).write(to: folder.appending(path: "README.md"))
        let migrations = try Migrator.load(directory: folder.path()).migrations
        #expect(migrations.map(\.name) == ["orders", "lines"] && migrations.map(\.sql) == ["select 1", "select 2"])
        try Data().write(to: folder.appending(path: "3_x.sql"))
        #expect(await refusal { try Migrator.load(directory: folder.path()) }?.description.contains("3_x.sql") == true)
        #expect(await refusal { try Migrator.load(directory: "/no/such/folder") }?.code == .unreadable)
    }
}
