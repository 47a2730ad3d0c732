/// An SQL statement with its parameters, written as a string whose interpolations become binds:
///
/// ```swift
/// let rows = try await connection.query("select status from dsco_order_sync where dsco_order_id = \(id)")
/// ```
///
/// sends `… where dsco_order_id = $1` with a typed parameter, so a value can never be read as SQL. Only `\(unescaped:)` goes into
/// the text itself, for names that this code knows. Another query may be interpolated as a fragment; its binds are renumbered.
package struct PostgresQuery: Sendable, ExpressibleByStringInterpolation {
    /// The SQL between the binds: always one piece more than there are binds.
    private(set) var pieces: [String]
    package private(set) var binds: [PostgresBind]

    /// The text as it is sent, with `$1 … $n`.
    package var sql: String {
        var sql = pieces[0]
        for index in binds.indices { sql += "$\(index + 1)\(pieces[index + 1])" }
        return sql
    }

    package init(stringLiteral sql: String) {
        pieces = [sql]
        binds = []
    }

    /// A statement without binds, from text that this code made and no one else.
    package init(unescaped sql: String) {
        self.init(stringLiteral: sql)
    }

    package init(stringInterpolation interpolation: StringInterpolation) {
        pieces = interpolation.pieces
        binds = interpolation.binds
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pieces = [""]
        fileprivate var binds: [PostgresBind] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount + 1)
            binds.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            pieces[pieces.count - 1] += literal
        }

        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            binds.append(value.postgresBind)
            pieces.append("")
        }

        /// nil is sent as NULL. (An overload of its own, since the compiler takes an optional in any other for a mistake.)
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            binds.append(value.postgresBind)
            pieces.append("")
        }

        package mutating func appendInterpolation(_ fragment: PostgresQuery) {
            appendLiteral(fragment.pieces[0])
            binds += fragment.binds
            pieces += fragment.pieces.dropFirst()
        }

        package mutating func appendInterpolation(unescaped sql: String) {
            appendLiteral(sql)
        }
    }
}

extension Sequence<PostgresQuery> {
    /// One fragment of many, such as the rows of `values`.
    package func joined(separator: String) -> PostgresQuery {
        var joined = PostgresQuery(unescaped: "")
        for (index, query) in enumerated() { joined.append(query, after: index == 0 ? "" : separator) }
        return joined
    }
}

extension PostgresQuery {
    fileprivate mutating func append(_ fragment: PostgresQuery, after separator: String) {
        pieces[pieces.count - 1] += separator + fragment.pieces[0]
        binds += fragment.binds
        pieces += fragment.pieces.dropFirst()
    }

    /// libpq counts parameters in 16 bits.
    static let mostBinds = 65535

    /// Why this query cannot be sent, if it cannot: found before a byte leaves the process.
    var fault: PostgresError? {
        if binds.count > Self.mostBinds {
            return PostgresError(
                .invalidQuery, "The query has \(binds.count) parameters, PostgreSQL takes at most \(Self.mostBinds).")
        }
        if pieces.contains(where: { $0.utf8.contains(0) }) {
            return PostgresError(.invalidQuery, "The SQL text contains a NUL character.")
        }
        for (index, bind) in binds.enumerated() {
            guard let fault = bind.fault else { continue }
            var error = PostgresError(.invalidQuery, "Parameter $\(index + 1) (\(bind.type)) cannot be sent: \(fault)")
            error.story = ["SQL: \(sql)"]
            return error
        }
        return nil
    }
}
