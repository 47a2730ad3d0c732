import Domain
import PostgreSQL

/// Writes a batch in one go; when the database refuses a value of it, the batch is halved until the row that has it stands alone, so that
/// the others go on (design 9.9). Each call of `write` is a transaction of its own.
///
/// - Parameters:
///   - write: writes all of the rows or none.
///   - alone: what is to be done with the one that was refused.
func rowByRow<Row: Sendable, Result>(
    _ rows: [Row], write: ([Row]) async throws -> [Result], alone: (Row, PostgresError) async throws -> [Result]
) async throws -> [Result] {
    do {
        return try await write(rows)
    } catch let error as PostgresError where error.isAboutTheRows && !rows.isEmpty {
        guard rows.count > 1 else { return try await alone(rows[0], error) }
        let middle = rows.count / 2
        let first = try await rowByRow(Array(rows[..<middle]), write: write, alone: alone)
        let second = try await rowByRow(Array(rows[middle...]), write: write, alone: alone)
        return first + second
    }
}

extension PostgresError {
    /// The values are at fault, not the server or the session: bad data, a broken constraint, a value too large for an index, a text that
    /// cannot be sent.
    fileprivate var isAboutTheRows: Bool {
        if code == .invalidQuery { return true }
        guard let sqlState else { return false }
        return ["22", "23", "54", "P0"].contains(sqlState.prefix(2))
    }
}
