/// A value that can stand in a query as a parameter.
package protocol PostgresEncodable: Sendable {
    /// The server type it is sent as, also when it is NULL.
    static var postgresType: PostgresType { get }
    var postgresBind: PostgresBind { get }
}

/// A value that can be read from a column.
package protocol PostgresDecodable: Sendable {
    static func decode(_ cell: PostgresCell) throws(PostgresDecodingFault) -> Self
}

/// One column of one row, in PostgreSQL's text format.
package struct PostgresCell: Sendable {
    package let type: PostgresType
    /// nil is NULL.
    package let bytes: ArraySlice<UInt8>?

    func nonNull() throws(PostgresDecodingFault) -> ArraySlice<UInt8> {
        guard let bytes else { throw .null }
        return bytes
    }
}

/// Why a value does not fit. It never holds the value.
package struct PostgresDecodingFault: Error {
    let reason: String

    static let null = PostgresDecodingFault(reason: "the value is NULL.")
    static let type = PostgresDecodingFault(reason: "these types do not go together; cast in the SQL.")
    static let value = PostgresDecodingFault(reason: "the value is outside what this type can hold exactly.")
    static let array = PostgresDecodingFault(reason: "only arrays of one dimension can be read.")
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package var postgresBind: PostgresBind { self?.postgresBind ?? .null(Wrapped.postgresType) }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFault) -> Wrapped? {
        cell.bytes == nil ? nil : try Wrapped.decode(cell)
    }
}
