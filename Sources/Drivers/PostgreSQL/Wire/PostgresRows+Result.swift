import CPostgres

extension PostgresRows {
    /// Copies a `PGresult`; whoever got it still clears it.
    init(result: OpaquePointer) {
        let columnCount = PQnfields(result), rowCount = PQntuples(result)
        var columns: [PostgresTable.Column] = []
        for column in 0..<columnCount {
            let name = PQfname(result, column).map { String(cString: $0) } ?? ""
            columns.append(.init(name: name, type: PostgresType(rawValue: PQftype(result, column))))
        }
        var bytes: [UInt8] = []
        // The length of a NULL is 0.
        bytes.reserveCapacity(
            (0..<rowCount).reduce(0) { sum, row in
                (0..<columnCount).reduce(sum) { $0 + Int(PQgetlength(result, row, $1)) }
            })
        var cells: [Range<Int>?] = []
        cells.reserveCapacity(Int(columnCount) * Int(rowCount))
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    cells.append(nil)
                    continue
                }
                let start = bytes.count
                bytes += UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, row, column)))
                cells.append(start..<bytes.count)
            }
        }
        table = PostgresTable(columns: columns, rowCount: Int(rowCount), bytes: bytes, cells: cells)
        affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
        tag = PQcmdStatus(result).map { String(cString: $0) } ?? ""
    }
}
