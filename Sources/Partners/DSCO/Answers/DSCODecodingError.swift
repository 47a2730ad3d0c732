package import JSON

/// Why a payload cannot be understood: where in it and what is wrong there, never what stands there.
package struct DSCODecodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Such as `lineItems[2].quantity`; empty for the payload as a whole.
    package let path: String
    package let words: String

    package init(_ error: JSONError) {
        path = error.path
        words = error.description
    }

    package var description: String { "DSCO payload: \(words)" }
}
