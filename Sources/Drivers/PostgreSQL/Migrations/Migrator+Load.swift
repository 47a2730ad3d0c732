import FoundationEssentials

extension Migrator {
    /// Reads a folder of `0001_orders.sql`, `0002_….sql`; other files are none of its business.
    package static func load(directory path: String) throws(MigrationError) -> Migrator {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".sql") }
        } catch {
            throw MigrationError(.unreadable, "The migrations folder \(path) cannot be read. Is the path right?")
        }
        guard !files.isEmpty else { throw MigrationError(.unreadable, "The migrations folder \(path) holds no .sql file.") }
        var migrations: [Migration] = []
        for file in files.sorted() {
            guard let match = file.wholeMatch(of: /([0-9]{4})_([a-z0-9_]+)\.sql/), let number = Int(match.1) else {
                throw MigrationError(.unreadable, "The migration \(file) is not named like 0001_what_it_does.sql.")
            }
            guard let bytes = FileManager.default.contents(atPath: "\(path)/\(file)"),
                let sql = String(validating: bytes, as: UTF8.self)
            else { throw MigrationError(.unreadable, "The migration \(file) cannot be read as UTF-8.") }
            migrations.append(Migration(number: number, name: String(match.2), sql: sql))
        }
        return try Migrator(migrations: migrations)
    }
}
