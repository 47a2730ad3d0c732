/// One row of a result.
package struct PostgresRow: Sendable {
    let table: PostgresTable
    let index: Int

    package var columns: [String] { table.columns.map(\.name) }

    /// The value of a column by its name.
    ///
    /// - Throws: `.decoding`, naming the column and both types, when there is no such column or there are two, when the value is
    ///   NULL and `T` is not optional, or when it does not fit.
    package func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        switch table.places[column] {
        case .one(let position)?:
            return try decode(position, as: type)
        case .several?:
            throw PostgresError(.decoding, "The result has two columns named \(column): name them apart in the SQL.")
        case nil:
            let known = columns.joined(separator: ", ")
            throw PostgresError(.decoding, "The result has no column \(column) (wanted as \(T.self)); it has: \(known).")
        }
    }

    /// The value of a column by its position from 0.
    package func decode<T: PostgresDecodable>(_ column: Int, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard table.columns.indices.contains(column) else {
            throw PostgresError(.decoding, "The result has \(table.columns.count) columns, so none at position \(column).")
        }
        let cell = table.cell(row: index, column: column)
        do {
            return try T.decode(cell)
        } catch {
            throw PostgresError(.decoding, "Column \(table.columns[column].name) (\(cell.type)) as \(T.self): \(error.reason)")
        }
    }
}
