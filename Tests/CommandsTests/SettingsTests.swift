import Foundation
import JSON
import TestSupport
import Testing

@Suite("Settings: what is wrong or missing is said in one line that names it")
struct SettingsTests {
    @Test("a missing DATABASE_URL", arguments: ["status", "migrate", "orders", "config show"])
    func missingDatabase(_ verb: String) async {
        let result = await Shell().run(verb.split(separator: " ").map(String.init))
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("conveyor: DATABASE_URL"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test("a database URL that is none, and never its password")
    func wrongURL() async {
        let result = await Shell(nil, ["DATABASE_URL": "mysql://root:hunter2@db/conveyor"])("status")
        #expect(result.status == 1)
        #expect(result.errors.contains("DATABASE_URL"))
        #expect(!result.errors.contains("hunter2"))
    }

    @Test("a server that does not answer")
    func unreachable() async {
        let result = await Shell(nil, ["DATABASE_URL": "postgres://conveyor@127.0.0.1:1/conveyor"])("status")
        #expect(result.status == 1)
        #expect(result.errors.contains("127.0.0.1"))
    }

    @Test("a database that is not migrated: the way out is named, and works")
    func notMigrated() async throws {
        try await withTestDatabase { database in
            let shell = Shell(database)
            let refused = await shell("status")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("conveyor migrate"))

            let first = await shell("migrate", "--json")
            #expect(first.status == 0)
            let applied = try first.json()["applied"]?.array
            #expect(applied?.isEmpty == false)
            #expect(await shell("migrate").output == "The database is up to date.\n")
            #expect(await shell("status").status == 0)
        }
    }

    @Test("tick and replay name AMQP_URL when it is missing")
    func missingBroker() async throws {
        try await withTestDatabase(migrated: true) { database in
            for line in [["tick", "push"], ["replay", "pull", "--po", "PO-1"]] {
                let result = await Shell(database).run(line)
                #expect(result.status == 1)
                #expect(result.errors.hasPrefix("conveyor: AMQP_URL"))
            }
        }
    }
}
