/// A single value that is written to and read from PostgreSQL's text format, alone or as an element of an array.
package protocol PostgresScalar: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    /// Whether a column, or an array's element, of this type can be read without loss.
    static func canRead(_ type: PostgresType) -> Bool
    /// - Throws: why the value has no counterpart in the database.
    func postgresText() throws(PostgresEncodingFault) -> String
    /// nil: the text means nothing this type can hold exactly.
    init?(postgresText: String)
}

/// Why a value cannot be stored.
package struct PostgresEncodingFault: Error {
    let reason: String
}

extension PostgresScalar {
    package var postgresBind: PostgresBind {
        do throws(PostgresEncodingFault) {
            return .text(Array(try postgresText().utf8), Self.postgresType)
        } catch {
            return .refused(error.reason, Self.postgresType)
        }
    }

    package static func canRead(_ type: PostgresType) -> Bool { type == postgresType }

    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFault) -> Self {
        guard canRead(cell.type) else { throw .type }
        let bytes = try cell.nonNull()
        guard let value = Self(postgresText: String(decoding: bytes, as: UTF8.self)) else { throw .value }
        return value
    }
}
