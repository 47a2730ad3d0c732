/// Why the store could not do what it was asked, apart from the database's own errors.
package struct StoreError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package enum Code: String, Sendable, Hashable {
        /// A stored value cannot be read by this version.
        case unreadable
        /// The database lacks migrations, or holds ones that this version does not know.
        case notMigrated = "not_migrated"
        /// Nothing is stored under that name.
        case notFound = "not_found"
        /// Somebody else changed it first.
        case conflict
    }

    package let code: Code
    /// What happened, to what, and what to do. No personal data, no secrets.
    package let description: String
    package let underlying: (any Error)?

    package init(_ code: Code, _ description: String, underlying: (any Error)? = nil) {
        self.code = code
        self.description = description
        self.underlying = underlying
    }

    package var debugDescription: String {
        guard let underlying else { return "\(code.rawValue): \(description)" }
        return "\(code.rawValue): \(description) (\(String(reflecting: underlying)))"
    }
}
