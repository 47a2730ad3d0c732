/// A place in a JSON text, for walking over its structure alone.
struct JSONCursor {
    let bytes: [UInt8]
    var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func advance() { index += 1 }

    mutating func skipBlanks() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    /// Takes the byte if it comes next, blanks aside.
    mutating func consume(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard peek == byte else { return false }
        index += 1
        return true
    }

    mutating func expect(_ byte: UInt8, _ words: String) throws(JSONError) {
        guard consume(byte) else { throw fault(peek == nil ? "the text ends early" : words) }
    }

    mutating func expectEnd() throws(JSONError) {
        skipBlanks()
        guard peek == nil else { throw fault("more text after the value") }
    }

    func fault(_ words: String) -> JSONError {
        JSONError(code: .malformed(offset: index), words: words)
    }
}
