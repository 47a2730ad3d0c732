/// A single value that is written to and read from PostgreSQL's text format.
package protocol PostgresScalar: PostgresEncodable, PostgresDecodable {
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

    /// PostgreSQL stores none in any text, and libpq would cut a value in text format off there without a word.
    static let nul = PostgresEncodingFault(
        reason: "it contains a NUL character (U+0000), which PostgreSQL cannot store in text or json.")
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
