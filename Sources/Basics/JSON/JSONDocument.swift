/// A JSON text, checked as a whole (RFC 8259) and taken apart into the places of its values. Nothing is copied out of it until it is read.
///
/// Reading a few members of a large object so costs a fraction of building its tree (`JSON`): the partners' rows are mostly fields that
/// nobody asks for.
package final class JSONDocument: Sendable {
    let bytes: [UInt8]
    /// The values in the order of the text; the members of an object as key and value in turn.
    let nodes: [JSONNode]

    /// Checks one text.
    ///
    /// - Parameter maximumDepth: nested arrays and objects allowed, so that a hostile document cannot exhaust the stack.
    package convenience init(_ bytes: [UInt8], maximumDepth: Int = 128) throws(JSONError) {
        let (nodes, end) = try JSONScanner.scan(bytes, from: 0, depth: 0, maximumDepth: maximumDepth)
        var cursor = JSONCursor(bytes)
        cursor.index = end
        try cursor.expectEnd()
        self.init(bytes: bytes, nodes: nodes)
    }

    init(bytes: [UInt8], nodes: [JSONNode]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// The value that the text is.
    package var root: JSONView { JSONView(document: self, index: 0) }
}

/// Where a value stands in its text.
struct JSONNode: Sendable {
    enum Kind: UInt8, Sendable {
        case null, yes, no, number, string
        /// A string with escapes in it.
        case escaped
        case array, object
    }

    var kind: Kind
    /// Of a string, without its quotes.
    var start: UInt32
    var end: UInt32
    /// The node after this one and all that is in it.
    var next: UInt32

    var range: Range<Int> { Int(start)..<Int(end) }
}

extension JSON {
    /// Parses one document, strictly by RFC 8259. A lone surrogate escape becomes U+FFFD; anything else outside the grammar, and
    /// invalid UTF-8, is an error with its byte offset.
    ///
    /// - Parameter maximumDepth: nested arrays and objects allowed, so that a hostile document cannot exhaust the stack.
    package static func parse(_ bytes: some Collection<UInt8>, maximumDepth: Int = 128) throws(JSONError) -> JSON {
        try JSONDocument(bytes as? [UInt8] ?? Array(bytes), maximumDepth: maximumDepth).root.json
    }

    package static func parse(_ text: String, maximumDepth: Int = 128) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), maximumDepth: maximumDepth)
    }
}
