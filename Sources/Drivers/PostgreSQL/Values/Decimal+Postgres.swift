package import FoundationEssentials

/// `numeric`, exact both ways: what does not fit a Decimal's 38 digits is an error, never rounded.
extension Decimal: PostgresScalar {
    package static var postgresType: PostgresType { .numeric }

    package static func canRead(_ type: PostgresType) -> Bool {
        switch type {
        case .numeric, .int2, .int4, .int8: true
        default: false
        }
    }

    package func postgresText() throws(PostgresEncodingFault) -> String {
        guard !isNaN else { throw PostgresEncodingFault(reason: "it is not a number (NaN).") }
        return description
    }

    package init?(postgresText: String) {
        guard Self.holdsExactly(postgresText) else { return nil }
        self.init(string: postgresText)
    }

    /// Plain digits as PostgreSQL writes them, at most 38 of them significant, the last one at most 127 places behind the point.
    private static func holdsExactly(_ text: String) -> Bool {
        var significant: [UInt8] = []
        var places = 0
        var isBehindPoint = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"): continue
            case UInt8(ascii: "."): isBehindPoint = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if isBehindPoint { places += 1 }
                if !significant.isEmpty || byte != UInt8(ascii: "0") { significant.append(byte) }
            default: return false  // NaN and Infinity
            }
        }
        while significant.last == UInt8(ascii: "0") {
            significant.removeLast()
            places -= 1
        }
        return significant.count <= 38 && places <= 127
    }
}
