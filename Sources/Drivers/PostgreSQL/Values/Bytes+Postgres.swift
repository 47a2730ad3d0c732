package import FoundationEssentials

/// An array of bytes is `bytea`, not an array.
extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytea }

    /// Sent in binary: the text format would double it.
    package static func bind(_ elements: [UInt8]) -> PostgresBind { .binary(elements, .bytea) }

    package static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFault) -> [UInt8] {
        guard cell.type == .bytea else { throw .type }
        let hex = try cell.nonNull()
        guard hex.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]), hex.count.isMultiple(of: 2) else { throw .value }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hex.count / 2 - 1)
        var index = hex.startIndex + 2
        while index < hex.endIndex {
            guard let high = nibble(hex[index]), let low = nibble(hex[index + 1]) else { throw .value }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension Data: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .bytea }
    package var postgresBind: PostgresBind { .binary(Array(self), .bytea) }
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFault) -> Data {
        Data(try UInt8.decodeArray(cell))
    }
}
