/// The rows a statement returned, and how many it touched. Rows are values: they outlive the connection.
package struct PostgresRows: Sendable, RandomAccessCollection {
    let table: PostgresTable
    /// Rows inserted, updated, deleted or selected, as the server counted them.
    package let affected: Int
    /// The command tag, `INSERT 0 3` for example.
    let tag: String

    package var startIndex: Int { 0 }
    package var endIndex: Int { table.rowCount }
    package subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "row \(position) of \(count)")
        return PostgresRow(table: table, index: position)
    }
}

/// All values of a result in one run of bytes, copied out of libpq's memory.
final class PostgresTable: Sendable {
    struct Column: Sendable {
        let name: String
        let type: PostgresType
    }

    enum Place: Sendable {
        case one(Int)
        /// Columns of the same name.
        case several
    }

    let columns: [Column]
    /// Where the columns stand, by name.
    let places: [String: Place]
    let rowCount: Int
    private let bytes: [UInt8]
    /// Row by row; nil is NULL.
    private let cells: [Range<Int>?]

    init(columns: [Column], rowCount: Int, bytes: [UInt8], cells: [Range<Int>?]) {
        self.columns = columns
        places = Dictionary(columns.enumerated().map { ($0.element.name, .one($0.offset)) }) { _, _ in .several }
        self.rowCount = rowCount
        self.bytes = bytes
        self.cells = cells
    }

    func cell(row: Int, column: Int) -> PostgresCell {
        PostgresCell(type: columns[column].type, bytes: cells[row * columns.count + column].map { bytes[$0] })
    }
}
