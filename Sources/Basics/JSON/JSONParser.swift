extension JSON {
    /// Parses one document, strictly by RFC 8259. A lone surrogate escape becomes U+FFFD; anything else outside the grammar, and
    /// invalid UTF-8, is an error with its byte offset.
    ///
    /// - Parameter maximumDepth: nested arrays and objects allowed, so that a hostile document cannot exhaust the stack.
    package static func parse(_ bytes: some Collection<UInt8>, maximumDepth: Int = 128) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes as? [UInt8] ?? Array(bytes), maximumDepth: maximumDepth)
        return try parser.document()
    }

    package static func parse(_ text: String, maximumDepth: Int = 128) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), maximumDepth: maximumDepth)
    }
}

/// A cursor over bytes; strings become `String` in one validated copy each.
struct JSONParser {
    var cursor: JSONCursor
    private let maximumDepth: Int

    init(_ bytes: [UInt8], maximumDepth: Int) {
        cursor = JSONCursor(bytes)
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value(depth: 0)
        try cursor.expectEnd()
        return value
    }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
        cursor.skipBlanks()
        switch cursor.peek {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try number())
        case nil: throw cursor.fault("the text ends early")
        default: throw cursor.fault("unexpected character")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        try enter(depth)
        var object = JSONObject()
        if cursor.consume(UInt8(ascii: "}")) { return object }
        repeat {
            let key = try key()
            object.append(key, try value(depth: depth + 1))
        } while cursor.consume(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "}"), "a comma or a closing brace is missing")
        return object
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        try enter(depth)
        var elements: [JSON] = []
        if cursor.consume(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while cursor.consume(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"), "a comma or a closing bracket is missing")
        return elements
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        guard depth < maximumDepth else { throw cursor.fault("nested deeper than \(maximumDepth) levels") }
        cursor.advance()
    }

    /// A member's name and its colon.
    mutating func key() throws(JSONError) -> String {
        cursor.skipBlanks()
        guard cursor.peek == UInt8(ascii: "\"") else { throw cursor.fault("a member name is missing") }
        let key = try string()
        try cursor.expect(UInt8(ascii: ":"), "a colon is missing")
        return key
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        guard cursor.consume(word: word) else { throw cursor.fault("unexpected word") }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        guard let end = NumberGrammar.end(in: cursor.bytes, from: cursor.index) else { throw cursor.fault("not a number") }
        let text = String(decoding: cursor.bytes[cursor.index..<end], as: UTF8.self)
        cursor.index = end
        return JSONNumber(checked: text)
    }

    mutating func string() throws(JSONError) -> String {
        cursor.advance()
        let start = cursor.index
        while let byte = cursor.peek {
            switch byte {
            case UInt8(ascii: "\""):
                defer { cursor.advance() }
                return try validated(cursor.bytes[start..<cursor.index], from: start)
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20:
                throw cursor.fault("control character in a string")
            default:
                cursor.advance()
            }
        }
        throw cursor.fault("the text ends inside a string")
    }

    /// The slow path, from the first backslash on.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var decoded = Array(cursor.bytes[start..<cursor.index])
        while let byte = cursor.peek {
            switch byte {
            case UInt8(ascii: "\""):
                cursor.advance()
                return try validated(decoded[...], from: start)
            case UInt8(ascii: "\\"):
                cursor.advance()
                try escape(into: &decoded)
            case 0..<0x20:
                throw cursor.fault("control character in a string")
            default:
                decoded.append(byte)
                cursor.advance()
            }
        }
        throw cursor.fault("the text ends inside a string")
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        guard let mark = cursor.peek else { throw cursor.fault("the text ends inside a string") }
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(mark)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            cursor.advance()
            return append(try scalar(), to: &decoded)
        default: throw cursor.fault("unknown escape")
        }
        cursor.advance()
    }

    /// The scalar of a `\u` escape, both halves of a surrogate pair taken together.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let unit = try hexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let afterFirst = cursor.index
        if unit < 0xDC00, cursor.consume(word: "\\u") {
            let second = try hexUnit()
            if (0xDC00...0xDFFF).contains(second) {
                let value = 0x10000 + (UInt32(unit - 0xD800) << 10 | UInt32(second - 0xDC00))
                return Unicode.Scalar(value) ?? "\u{FFFD}"
            }
            cursor.index = afterFirst
        }
        return "\u{FFFD}"
    }

    private mutating func hexUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = cursor.peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw cursor.fault("four hexadecimal digits are needed")
            }
            unit = unit << 4 | UInt16(digit)
            cursor.advance()
        }
        return unit
    }

    private func append(_ scalar: Unicode.Scalar, to decoded: inout [UInt8]) {
        decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private func validated(_ bytes: ArraySlice<UInt8>, from start: Int) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONError(code: .malformed(offset: start), words: "a string is not UTF-8")
        }
        return text
    }
}
