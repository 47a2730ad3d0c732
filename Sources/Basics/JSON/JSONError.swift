/// What is wrong with a JSON text or with a value inside it. Never quotes the document: it may hold addresses and secrets.
package struct JSONError: Error, Sendable, Hashable {
    package enum Code: Sendable, Hashable {
        /// Not JSON: the byte offset of the first fault.
        case malformed(offset: Int)
        /// A required member is absent or null.
        case missing
        /// A value of another kind, or outside what its reader takes.
        case unusable
    }

    package let code: Code
    /// Where in the value, such as `lineItems[2].quantity`; empty for the document as a whole.
    package let path: String
    /// What was expected or found, in words.
    package let words: String

    package init(code: Code, path: String = "", words: String) {
        self.code = code
        self.path = path
        self.words = words
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch code {
        case .malformed(let offset): "not JSON: \(words) at byte \(offset)"
        case .missing: "\(path.isEmpty ? "value" : path) is missing"
        case .unusable: "\(path.isEmpty ? "value" : path) \(words)"
        }
    }
}
