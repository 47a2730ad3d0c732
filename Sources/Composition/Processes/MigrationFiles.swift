import FoundationEssentials
package import PostgreSQL

/// Where the numbered SQL files of this program are.
package enum MigrationFiles {
    /// `CONVEYOR_MIGRATIONS`, else `./migrations`, else the folder beside the installed executables.
    package static func migrator(environment: [String: String]) throws(SettingError) -> Migrator {
        let folder = try folder(environment: environment)
        do { return try Migrator.load(directory: folder) } catch {
            throw SettingError("the migrations in \(folder) cannot be read: \(error)")
        }
    }

    static func folder(environment: [String: String]) throws(SettingError) -> String {
        if let named = environment["CONVEYOR_MIGRATIONS"], !named.isEmpty { return named }
        let executable = URL(filePath: CommandLine.arguments.first ?? "conveyor").deletingLastPathComponent()
        let candidates = [
            "migrations", executable.appending(path: "../share/conveyor/migrations").path(), "/srv/conveyor/migrations",
        ]
        for candidate in candidates where FileManager.default.fileExists(atPath: candidate) { return candidate }
        throw SettingError(
            "the folder with the migrations was not found: start in the program's folder, or name it in CONVEYOR_MIGRATIONS")
    }
}
