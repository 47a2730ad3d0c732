import Foundation
import JSON
import TestSupport
import Testing

@Suite("conveyor config")
struct ConfigTests {
    @Test("validate names every fault with its path, without a database")
    func validate() async throws {
        var shell = Shell()
        shell.input = #"{"domain": "dsco_lingxing", "jobs": {"pull_dsco_orders": {"size": 5}}, "colour": "red"}"#
        let faulty = await shell("config", "validate", "-", "--json")
        #expect(faulty.status == 1)
        let paths = try faulty.json()["faults"]?.array?.compactMap { $0["path"]?.string }
        #expect(Set(paths ?? []) == ["jobs.pull_dsco_orders.size", "colour"])
        #expect(await shell("config", "validate", "-").errors.contains("jobs.pull_dsco_orders.size"))

        shell.input = #"{"domain": "dsco_lingxing"}"#
        let fine = await shell("config", "validate", "-", "--json")
        #expect(fine.status == 0)
        #expect(fine.output == "{\"faults\":[]}\n")
    }

    @Test("a file that is not there")
    func missingFile() async {
        let result = await Shell()("config", "validate", "/nowhere/config.json")
        #expect(result.status == 1)
        #expect(result.errors.contains("/nowhere/config.json"))
    }

    @Test("set keeps versions, refuses a lost update, and show | set changes nothing")
    func set() async throws {
        try await withTestDatabase(migrated: true) { database in
            var shell = Shell(database)
            let none = try await shell("config", "show", "--json").json()
            #expect(none["version"]?.int == 0)

            shell.input = #"{"domain": "dsco_lingxing", "mapping": {"shop": {"r1": "100"}}}"#
            #expect(await shell("config", "set", "-", "--if-version", "0").output == "Version 1 is in force.\n")
            let shown = try await shell("config", "show", "--json").json()
            #expect(shown["version"]?.int == 1)
            #expect(shown["config"]?["mapping"]?["shop"]?["r1"]?.string == "100")

            shell.input = await shell("config", "show").output
            let same = try await shell("config", "set", "-", "--json").json()
            #expect(same["version"]?.int == 1)
            #expect(same["changed"]?.bool == false)

            shell.input = #"{"domain": "dsco_lingxing"}"#
            let lost = await shell("config", "set", "-", "--if-version", "0")
            #expect(lost.status == 1)
            #expect(lost.errors.contains("version 1"))

            shell.input = #"{"domain": "dsco_lingxing", "jobs": {"warp": {}}}"#
            let faulty = await shell("config", "set", "-")
            #expect(faulty.status == 1)
            #expect(faulty.errors.contains("jobs.warp"))
            #expect(try await shell("config", "show", "--json").json()["version"]?.int == 1)
        }
    }
}
