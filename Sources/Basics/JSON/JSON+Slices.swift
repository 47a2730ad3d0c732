extension JSON {
    /// A document with one top-level array left as raw text, element by element.
    package struct Slices: Sendable {
        /// The top-level object without that member.
        package let rest: JSONObject
        /// The text of each element, byte for byte; the slices share the document's storage.
        package let elements: [ArraySlice<UInt8>]
    }

    /// Cuts the top-level array `member` into the raw texts of its elements, by structure alone: strings and matching brackets.
    /// An element whose inside cannot be decoded (bad UTF-8, a bad number, endless nesting) still comes out as that one
    /// element, so it can be set aside by itself. The other members must be valid JSON.
    ///
    /// - Throws: when the document is no object, its structure is broken, or the member is absent or no array.
    package static func slices(of bytes: [UInt8], member: String) throws(JSONError) -> Slices {
        var cursor = JSONCursor(bytes)
        return try cursor.slices(member: member)
    }
}

extension JSONCursor {
    fileprivate mutating func slices(member: String) throws(JSONError) -> JSON.Slices {
        var rest = JSONObject()
        var elements: [ArraySlice<UInt8>]?
        guard consume(UInt8(ascii: "{")) else { throw fault("an object is expected") }
        if !consume(UInt8(ascii: "}")) {
            repeat {
                skipBlanks()
                guard peek == UInt8(ascii: "\""), let key = try value().string else { throw fault("a member name is missing") }
                try expect(UInt8(ascii: ":"), "a colon is missing")
                if key == member {
                    // A doubled member must not hide the elements of the first one.
                    elements = try (elements ?? []) + elementTexts(of: member)
                } else {
                    rest.append(key, try value())
                }
            } while consume(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"), "a comma or a closing brace is missing")
        }
        try expectEnd()
        guard let elements else { throw JSONError(code: .missing, path: member, words: "is missing") }
        return JSON.Slices(rest: rest, elements: elements)
    }

    /// Takes the value that comes next.
    private mutating func value() throws(JSONError) -> JSON {
        let (nodes, end) = try JSONScanner.scan(bytes, from: index, depth: 1, maximumDepth: 128)
        index = end
        return JSONDocument(bytes: bytes, nodes: nodes).root.json
    }

    private mutating func elementTexts(of member: String) throws(JSONError) -> [ArraySlice<UInt8>] {
        skipBlanks()
        guard consume(UInt8(ascii: "[")) else { throw JSONError(code: .unusable, path: member, words: "is not an array") }
        var elements: [ArraySlice<UInt8>] = []
        if consume(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try takeElement()) } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), "a closing bracket is missing")
        return elements
    }

    /// The text up to the comma or bracket that ends this element, blanks around it left out.
    private mutating func takeElement() throws(JSONError) -> ArraySlice<UInt8> {
        skipBlanks()
        let start = index
        var open: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                try skipString()
                continue
            case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
            case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
            case UInt8(ascii: ",") where open.isEmpty, UInt8(ascii: "]") where open.isEmpty:
                return try trimmed(from: start)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open.popLast() == byte else { throw fault("brackets do not match") }
            default: break
            }
            advance()
        }
        throw fault("the text ends early")
    }

    private func trimmed(from start: Int) throws(JSONError) -> ArraySlice<UInt8> {
        var text = bytes[start..<index]
        while let last = text.last, [0x20, 0x0A, 0x0D, 0x09].contains(last) { text = text.dropLast() }
        guard !text.isEmpty else { throw fault("an element is missing") }
        return text
    }

    private mutating func skipString() throws(JSONError) {
        advance()
        while let byte = peek {
            advance()
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\") { advance() }
        }
        throw fault("the text ends inside a string")
    }
}
