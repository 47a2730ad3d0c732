package import PostgreSQL

/// Whether database and program go together.
package enum Schema {
    /// - Throws: `StoreError.notMigrated`, which says what to do; `PostgresError` when the database is out of reach.
    package static func check(_ pool: PostgresPool, _ migrator: Migrator) async throws {
        try await pool.withConnection { try await check($0, migrator) }
    }

    package static func check(_ connection: PostgresConnection, _ migrator: Migrator) async throws {
        switch try await migrator.status(connection) {
        case .current: return
        case .behind: throw StoreError(.notMigrated, "database not migrated: run `conveyor migrate`")
        case .ahead: throw StoreError(.notMigrated, "the database is newer than this program: use the program's newer release")
        case .edited(let name):
            throw StoreError(.notMigrated, "migration \(name) differs from what the database got: restore the file")
        }
    }
}
