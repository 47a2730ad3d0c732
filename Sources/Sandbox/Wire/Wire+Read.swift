/// Why a body is not JSON, and where (byte offset).
package struct WireError: Error, CustomStringConvertible {
    package let offset: Int
    package let reason: String

    package var description: String { "not JSON at byte \(offset): \(reason)" }
}

extension Wire {
    /// Reads one JSON document strictly (RFC 8259): nothing before or after it, no duplicate member, no deeper than 64.
    package init(_ bytes: [UInt8]) throws(WireError) {
        var reader = WireReader(bytes: bytes)
        self = try reader.document()
    }

    package init(text: String) throws(WireError) {
        try self.init(Array(text.utf8))
    }
}

private struct WireReader {
    let bytes: [UInt8]
    var at = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(WireError) -> Wire {
        let value = try value(depth: 0)
        skipBlanks()
        guard at == bytes.count else { throw fault("text after the document") }
        return value
    }

    private func fault(_ reason: String) -> WireError {
        WireError(offset: at, reason: reason)
    }

    private mutating func skipBlanks() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 { at += 1 }
    }

    private mutating func value(depth: Int) throws(WireError) -> Wire {
        guard depth < 64 else { throw fault("too deep") }
        skipBlanks()
        guard at < bytes.count else { throw fault("unexpected end") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: Wire) throws(WireError) -> Wire {
        guard bytes[at...].starts(with: word.utf8) else { throw fault("unknown word") }
        at += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(WireError) -> Wire {
        at += 1
        var members: [Wire.Member] = []
        skipBlanks()
        if take("}") { return .object([]) }
        while true {
            skipBlanks()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault("a member name is expected") }
            let name = try string()
            guard !members.contains(where: { $0.name == name }) else { throw fault("duplicate member \(name)") }
            skipBlanks()
            guard take(":") else { throw fault("a colon is expected") }
            members.append(Wire.Member(name, try value(depth: depth + 1)))
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { throw fault("a comma is expected") }
        }
    }

    private mutating func array(depth: Int) throws(WireError) -> Wire {
        at += 1
        var elements: [Wire] = []
        skipBlanks()
        if take("]") { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if take("]") { return .array(elements) }
            guard take(",") else { throw fault("a comma is expected") }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func number() throws(WireError) -> String {
        let start = at
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() throws(WireError) {
        let start = at
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
        guard at > start else { throw fault("a digit is expected") }
    }

    private mutating func string() throws(WireError) -> String {
        at += 1
        var text: [UInt8] = []
        var start = at
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                text += bytes[start..<at]
                at += 1
                guard let string = String(validating: text, as: UTF8.self) else { throw fault("a string is not UTF-8") }
                return string
            case UInt8(ascii: "\\"):
                text += bytes[start..<at]
                at += 1
                text += Array(String(try escape()).utf8)
                start = at
            case 0..<0x20: throw fault("a control character inside a string")
            default: at += 1
            }
        }
        throw fault("a string without end")
    }

    private mutating func escape() throws(WireError) -> Character {
        guard at < bytes.count else { throw fault("unexpected end") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try unicode())
        default: throw fault("unknown escape")
        }
    }

    private mutating func unicode() throws(WireError) -> Unicode.Scalar {
        let first = try hexadecimal()
        guard (0xD800...0xDBFF).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw fault("half a surrogate pair") }
            return scalar
        }
        guard take("\\"), take("u") else { throw fault("half a surrogate pair") }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault("half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(WireError) -> UInt32 {
        guard at + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits are expected") }
        at += 4
        return value
    }
}
