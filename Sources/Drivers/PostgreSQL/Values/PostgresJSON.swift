/// JSON text for a `json` or `jsonb` column, untouched: whoever stores a document byte for byte gets it back byte for byte (json).
package struct PostgresJSON: Sendable, Hashable {
    package var bytes: [UInt8]

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(text: String) { bytes = Array(text.utf8) }
}

extension PostgresJSON: PostgresScalar {
    /// Left to the server, which takes json or jsonb as the parameter's place asks. Where nothing tells, cast: `\(document)::json`.
    package static var postgresType: PostgresType { .unspecified }
    package static func canRead(_ type: PostgresType) -> Bool { type == .json || type == .jsonb }
    package func postgresText() -> String { text }
    package init?(postgresText: String) { self.init(text: postgresText) }

    package var postgresBind: PostgresBind { .text(bytes, .unspecified) }

    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFault) -> PostgresJSON {
        guard canRead(cell.type) else { throw .type }
        return PostgresJSON(bytes: Array(try cell.nonNull()))
    }
}
