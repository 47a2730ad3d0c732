/// Walks over a JSON text once, checks it, and notes where its values stand.
struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index: Int
    private var nodes: [JSONNode] = []
    private let maximumDepth: Int

    /// The value that begins at `start`, blanks aside.
    ///
    /// - Parameter depth: of the value, where it is part of something larger.
    /// - Returns: its nodes, and where the text goes on after it.
    static func scan(
        _ bytes: [UInt8], from start: Int, depth: Int, maximumDepth: Int
    ) throws(JSONError) -> (nodes: [JSONNode], end: Int) {
        guard bytes.count <= UInt32.max else { throw JSONError(code: .malformed(offset: 0), words: "the text is too long") }
        return try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            var scanner = JSONScanner(buffer, from: start, maximumDepth: maximumDepth)
            try scanner.value(depth: depth)
            return (scanner.nodes, scanner.index)
        }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, maximumDepth: Int) {
        self.bytes = bytes
        index = start
        self.maximumDepth = maximumDepth
        // A value every dozen bytes is usual.
        nodes.reserveCapacity(min((bytes.count - start) / 12 + 1, 4096))
    }

    private mutating func value(depth: Int) throws(JSONError) {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true", .yes)
        case UInt8(ascii: "f"): try word("false", .no)
        case UInt8(ascii: "n"): try word("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try number()
        case nil: throw fault("the text ends early")
        default: throw fault("unexpected character")
        }
    }

    // MARK: Containers

    private mutating func object(depth: Int) throws(JSONError) {
        let node = try open(.object, depth)
        if !consume(UInt8(ascii: "}")) {
            repeat {
                try key()
                try value(depth: depth + 1)
            } while consume(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"), "a comma or a closing brace is missing")
        }
        close(node)
    }

    private mutating func array(depth: Int) throws(JSONError) {
        let node = try open(.array, depth)
        if !consume(UInt8(ascii: "]")) {
            repeat { try value(depth: depth + 1) } while consume(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"), "a comma or a closing bracket is missing")
        }
        close(node)
    }

    private mutating func open(_ kind: JSONNode.Kind, _ depth: Int) throws(JSONError) -> Int {
        guard depth < maximumDepth else { throw fault("nested deeper than \(maximumDepth) levels") }
        add(kind, index..<index)
        index += 1
        return nodes.count - 1
    }

    private mutating func close(_ node: Int) {
        nodes[node].end = UInt32(index)
        nodes[node].next = UInt32(nodes.count)
    }

    /// A member's name and its colon.
    private mutating func key() throws(JSONError) {
        skipBlanks()
        guard peek == UInt8(ascii: "\"") else { throw fault("a member name is missing") }
        try string()
        try expect(UInt8(ascii: ":"), "a colon is missing")
    }

    // MARK: Scalars

    private mutating func word(_ word: StaticString, _ kind: JSONNode.Kind) throws(JSONError) {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.count, word.withUTF8Buffer({ bytes[index..<end].elementsEqual($0) }) else {
            throw fault("unexpected word")
        }
        add(kind, index..<end)
        index = end
    }

    private mutating func number() throws(JSONError) {
        guard let end = NumberGrammar.end(in: bytes, from: index) else { throw fault("not a number") }
        add(.number, index..<end)
        index = end
    }

    private mutating func string() throws(JSONError) {
        index += 1
        let start = index
        var kind = JSONNode.Kind.string
        var isASCII = true
        while true {
            isASCII = skipPlain() && isASCII
            switch peek {
            case UInt8(ascii: "\""):
                if !isASCII { try checkUTF8(start..<index) }
                add(kind, start..<index)
                index += 1
                return
            case UInt8(ascii: "\\"):
                kind = .escaped
                try escape()
            case nil: throw fault("the text ends inside a string")
            default: throw fault("control character in a string")
            }
        }
    }

    /// Goes to the next quote, backslash or control character, eight bytes at a time: strings are most of a text.
    ///
    /// - Returns: whether all that was skipped is ASCII.
    private mutating func skipPlain() -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101, highBits = ones &* 0x80
        var all: UInt64 = 0
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self))
            // The high bit of every byte that ends the run. A borrow may mark bytes above one that does, never the lowest.
            let quote = word ^ (ones &* 0x22), backslash = word ^ (ones &* 0x5C)
            let ends =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highBits
            guard ends == 0 else {
                let plain = ends.trailingZeroBitCount & ~7
                all |= word & (1 << UInt64(plain) - 1)
                index += plain / 8
                return all & highBits == 0
            }
            all |= word
            index += 8
        }
        while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            all |= UInt64(byte)
            index += 1
        }
        return all & highBits == 0
    }

    private mutating func escape() throws(JSONError) {
        index += 1
        switch peek {
        case UInt8(ascii: "u"):
            index += 1
            for _ in 0..<4 {
                guard let digit = peek, JSONEscape.nibble(digit) != nil else { throw fault("four hexadecimal digits are needed") }
                index += 1
            }
        case nil: throw fault("the text ends inside a string")
        case let mark?:
            guard JSONEscape.byte(mark) != nil else { throw fault("unknown escape") }
            index += 1
        }
    }

    private func checkUTF8(_ range: Range<Int>) throws(JSONError) {
        guard String(validating: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self) != nil else {
            throw JSONError(code: .malformed(offset: range.lowerBound), words: "a string is not UTF-8")
        }
    }

    // MARK: Steps

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ words: String) throws(JSONError) {
        guard consume(byte) else { throw fault(peek == nil ? "the text ends early" : words) }
    }

    private mutating func add(_ kind: JSONNode.Kind, _ range: Range<Int>) {
        nodes.append(
            JSONNode(
                kind: kind, start: UInt32(range.lowerBound), end: UInt32(range.upperBound), next: UInt32(nodes.count + 1)))
    }

    private func fault(_ words: String) -> JSONError { JSONError(code: .malformed(offset: index), words: words) }
}
