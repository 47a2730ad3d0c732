/// Why the schema cannot be brought up to date. Nothing was changed by the migration that is named.
package struct MigrationError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The folder cannot be read, or a file in it is not what it should be.
        case unreadable
        /// The numbers do not run 1, 2, 3 … without gap and double.
        case gap
        /// A migration that the database has was changed afterwards.
        case edited
        /// The database has a migration that this program does not know.
        case ahead
        /// The migration's SQL failed.
        case failed
    }

    package let code: Code
    package let description: String
    package let underlying: PostgresError?

    init(_ code: Code, _ description: String, underlying: PostgresError? = nil) {
        self.code = code
        self.description = description
        self.underlying = underlying
    }
}
