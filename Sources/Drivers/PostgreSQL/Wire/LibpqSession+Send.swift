import CPostgres

/// What is sent to the server at once.
enum PostgresRequest: Sendable {
    case query(PostgresQuery)
    /// libpq's pipeline mode: all queries in one round trip and, unless a transaction is open, in one of their own.
    case pipeline([PostgresQuery])
    /// The simple protocol: several statements, no binds.
    case script(String)

    var queries: [PostgresQuery] {
        switch self {
        case .query(let query): [query]
        case .pipeline(let queries): queries
        case .script(let sql): [PostgresQuery(unescaped: sql)]
        }
    }
}

extension LibpqSession {
    /// Puts a request into libpq's buffer; false means that the session cannot be used any more.
    func send(_ request: PostgresRequest) -> Bool {
        switch request {
        case .script(let sql):
            return PQsendQuery(pointer, sql) == 1
        case .query(let query):
            return send(query)
        case .pipeline(let queries):
            return PQenterPipelineMode(pointer) == 1 && queries.allSatisfy(send) && PQpipelineSync(pointer) == 1
        }
    }

    /// Copies all values into one buffer, so that their addresses hold for the one call that needs them.
    private func send(_ query: PostgresQuery) -> Bool {
        let binds = query.binds
        var arena: [UInt8] = []
        arena.reserveCapacity(binds.reduce(0) { $0 + ($1.bytes?.count ?? 0) + 1 })
        let starts = binds.map { bind -> Int? in
            guard let bytes = bind.bytes else { return nil }
            defer {
                arena += bytes
                arena.append(0)
            }
            return arena.count
        }
        return arena.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = starts.map { offset in offset.flatMap { offset in start.map { $0 + offset } } }
            return PQsendQueryParams(
                pointer, query.sql, Int32(binds.count), binds.map(\.type.rawValue), values,
                binds.map { Int32($0.bytes?.count ?? 0) }, binds.map { $0.isBinary ? 1 : 0 }, 0) == 1
        }
    }
}
