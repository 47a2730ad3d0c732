/// Brings a database's schema up to date with numbered SQL migrations, and tells whether it is.
///
/// What was applied is kept in `schema_migration`. Each migration runs in a transaction of its own. Migrators that run at the same
/// time queue behind an advisory lock, so any number of processes may start together.
package struct Migrator: Sendable {
    package enum Status: Sendable, Equatable {
        case current
        /// The database lacks these.
        case behind([String])
        /// The database has migrations this program does not know: it is older than the database.
        case ahead
        /// This one differs from what was applied.
        case edited(String)
    }

    private struct Applied {
        let number: Int
        let name: String
        let checksum: String
    }

    package let migrations: [Migration]

    /// The longest a single migration, and the wait for another migrator, may take.
    private static let limit = Duration.seconds(600)
    /// "conveyor" as a number: the advisory lock is per database, so it only has to differ from the product's two-key locks.
    private static let lockKey: Int64 = 0x636F_6E76_6579_6F72

    /// - Throws: ``MigrationError`` `.gap`, unless the numbers run 1, 2, 3 ….
    package init(migrations: [Migration]) throws(MigrationError) {
        self.migrations = migrations.sorted { $0.number < $1.number }
        for (index, migration) in self.migrations.enumerated() where migration.number != index + 1 {
            let words = "Migration \(migration.number) (\(migration.name)) stands where number \(index + 1) belongs:"
            throw MigrationError(.gap, "\(words) migrations are numbered 1, 2, 3 … without gap or double. Rename the newer one.")
        }
    }

    /// - Returns: the names of the migrations that were applied now.
    /// - Throws: ``MigrationError`` when the database and the migrations do not go together, `PostgresError` when it is out of reach.
    @discardableResult
    package func migrate(_ connection: PostgresConnection) async throws -> [String] {
        try await connection.query("set statement_timeout = \(unescaped: String(Self.limit.milliseconds))")
        let result: Result<[String], any Error>
        do {
            try await connection.query("select pg_advisory_lock(\(Self.lockKey))", timeout: Self.limit)
            result = .success(try await applyMissing(connection))
        } catch {
            result = .failure(error)
        }
        if await connection.isOpen {
            _ = try? await connection.send(.query("select pg_advisory_unlock(\(Self.lockKey))"), shielded: true)
            _ = try? await connection.send(.query("reset statement_timeout"), shielded: true)
        }
        return try result.get()
    }

    package func status(_ connection: PostgresConnection) async throws -> Status {
        let exists: Bool = try await connection.query("select to_regclass('schema_migration') is not null")[0].decode(0)
        let applied = exists ? try await readApplied(connection) : []
        if let edited = firstEdited(applied) { return .edited(edited.name) }
        if applied.contains(where: { $0.number > migrations.count }) { return .ahead }
        let missing = missing(applied)
        return missing.isEmpty ? .current : .behind(missing.map(\.name))
    }

    private func applyMissing(_ connection: PostgresConnection) async throws -> [String] {
        try await connection.query(
            """
            create table if not exists schema_migration (
                number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())
            """)
        let applied = try await readApplied(connection)
        try refuseMismatch(applied)
        let missing = missing(applied)
        for migration in missing { try await apply(migration, connection) }
        return missing.map(\.name)
    }

    private func apply(_ migration: Migration, _ connection: PostgresConnection) async throws {
        do {
            try await connection.transaction { connection in
                try await connection.executeScript(migration.sql, timeout: Self.limit)
                try await connection.query(
                    """
                    insert into schema_migration (number, name, checksum)
                    values (\(migration.number), \(migration.name), \(migration.checksum))
                    """)
            }
        } catch let error as PostgresError {
            let words = "Migration \(migration.number) (\(migration.name)) failed and was rolled back: \(error)"
            throw MigrationError(.failed, words, underlying: error)
        }
    }

    private func readApplied(_ connection: PostgresConnection) async throws -> [Applied] {
        try await connection.query("select number, name, checksum from schema_migration order by number").map { row in
            Applied(number: try row.decode("number"), name: try row.decode("name"), checksum: try row.decode("checksum"))
        }
    }

    private func missing(_ applied: [Applied]) -> [Migration] {
        let numbers = Set(applied.map(\.number))
        return migrations.filter { !numbers.contains($0.number) }
    }

    private func firstEdited(_ applied: [Applied]) -> Applied? {
        applied.first { (1...migrations.count).contains($0.number) && migrations[$0.number - 1].checksum != $0.checksum }
    }

    private func refuseMismatch(_ applied: [Applied]) throws(MigrationError) {
        if let edited = firstEdited(applied) {
            let words = "Migration \(edited.number) (\(edited.name)) was edited after the database got it."
            throw MigrationError(.edited, "\(words) Restore the file, and put the change into a new migration.")
        }
        if let unknown = applied.first(where: { $0.number > migrations.count }) {
            let words = "The database has migration \(unknown.number) (\(unknown.name)), which this program does not know."
            throw MigrationError(.ahead, "\(words) Use the program's newer release.")
        }
        if let last = applied.last, applied.count != last.number {
            let words = "The database has migration \(last.number) (\(last.name)) but not all before it."
            throw MigrationError(.gap, "\(words) Restore schema_migration, or the database, from a backup.")
        }
    }
}
