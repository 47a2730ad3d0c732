import ArgumentParser
import Composition
import JSON
import PostgreSQL

struct Migrate: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's schema up to date.",
        discussion: """
            Applies the migrations that the database lacks, each in a transaction of its own. It may run again, and beside others:
            whoever comes second finds nothing to do. Stop no worker for it.

            The migrations are those of CONVEYOR_MIGRATIONS, else of ./migrations, else of ../share/conveyor/migrations beside the
            program, else of /srv/conveyor/migrations.

              DATABASE_URL=postgres://conveyor@127.0.0.1:5432/conveyor conveyor migrate
            """)

    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        let migrator = try MigrationFiles.migrator(environment: context.environment)
        let applied = try await context.withSession { try await migrator.migrate($0) }
        if output.isJSON {
            context.print(JSON.object(["applied": .array(applied.map(JSON.string))]).text())
        } else if applied.isEmpty {
            context.print("The database is up to date.")
        } else {
            context.print("Applied: \(applied.joined(separator: ", ")).")
        }
    }
}
