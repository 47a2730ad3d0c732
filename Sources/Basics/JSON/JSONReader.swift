package import FoundationEssentials

/// A value and where it stands, so that every fault names its place: `lineItems[2].quantity is not a whole number`.
///
/// Reads as leniently as the accessors of `JSON`. The `ifPresent` forms answer `nil` for a member that is absent or null, and
/// still refuse one of the wrong kind.
package struct JSONReader: Sendable {
    package let value: JSONView
    /// What faults name their place by: the node, and what it is called.
    private let root: Int
    private let name: String

    /// - Parameter path: the place of the value itself, where it is part of something larger.
    package init(_ value: JSONView, path: String = "") {
        self.init(value, root: value.index, name: path)
    }

    /// For a value that was built and not received.
    package init(_ json: JSON, path: String = "") {
        self.init(JSONView(json), path: path)
    }

    private init(_ value: JSONView, root: Int, name: String) {
        self.value = value
        self.root = root
        self.name = name
    }

    package var path: String {
        let place = value.path(in: root)
        return name.isEmpty || place.isEmpty || place.hasPrefix("[") ? name + place : "\(name).\(place)"
    }

    /// A fault at this place, for rules of the reader's own: `reader.fault("is negative")`.
    package func fault(_ words: String) -> JSONError { JSONError(code: .unusable, path: path, words: words) }

    /// A fault for want of a member.
    package func missing(_ key: String) -> JSONError {
        JSONError(code: .missing, path: path.isEmpty ? key : "\(path).\(key)", words: "is missing")
    }

    // MARK: Members

    /// The member, which must be there and not null.
    package func require(_ key: String) throws(JSONError) -> JSONReader {
        guard let reader = try member(key) else { throw missing(key) }
        return reader
    }

    /// The member, or `nil` when it is absent or null.
    package func member(_ key: String) throws(JSONError) -> JSONReader? {
        guard value.isObject else { throw fault("is not an object") }
        guard let found = value[key], !found.isNull else { return nil }
        return JSONReader(found, root: root, name: name)
    }

    /// All members, in document order.
    package func members() throws(JSONError) -> [(key: String, reader: JSONReader)] {
        try read(value.members, "is not an object").map { ($0.key, JSONReader($0.value, root: root, name: name)) }
    }

    /// All elements of an array.
    package func elements() throws(JSONError) -> [JSONReader] {
        try read(value.array, "is not an array").map { JSONReader($0, root: root, name: name) }
    }

    // MARK: This value

    package func string() throws(JSONError) -> String { try read(value.string, "is not a string") }
    package func text() throws(JSONError) -> String { try read(value.text, "is neither a string nor a number") }
    package func int() throws(JSONError) -> Int { try read(value.int, "is not a whole number") }
    package func int64() throws(JSONError) -> Int64 { try read(value.int64, "is not a whole number") }
    package func decimal() throws(JSONError) -> Decimal { try read(value.decimal, "is not a number that can be kept exactly") }
    package func bool() throws(JSONError) -> Bool { try read(value.bool, "is neither true nor false") }

    private func read<Value>(_ value: Value?, _ words: String) throws(JSONError) -> Value {
        guard let value else { throw fault(words) }
        return value
    }

    // MARK: A member's value

    package func string(_ key: String) throws(JSONError) -> String { try require(key).string() }
    package func text(_ key: String) throws(JSONError) -> String { try require(key).text() }
    package func int(_ key: String) throws(JSONError) -> Int { try require(key).int() }
    package func int64(_ key: String) throws(JSONError) -> Int64 { try require(key).int64() }
    package func decimal(_ key: String) throws(JSONError) -> Decimal { try require(key).decimal() }
    package func bool(_ key: String) throws(JSONError) -> Bool { try require(key).bool() }
    package func elements(_ key: String) throws(JSONError) -> [JSONReader] { try require(key).elements() }

    package func string(ifPresent key: String) throws(JSONError) -> String? { try member(key)?.string() }
    package func text(ifPresent key: String) throws(JSONError) -> String? { try member(key)?.text() }
    package func int(ifPresent key: String) throws(JSONError) -> Int? { try member(key)?.int() }
    package func int64(ifPresent key: String) throws(JSONError) -> Int64? { try member(key)?.int64() }
    package func decimal(ifPresent key: String) throws(JSONError) -> Decimal? { try member(key)?.decimal() }
    package func bool(ifPresent key: String) throws(JSONError) -> Bool? { try member(key)?.bool() }
    package func elements(ifPresent key: String) throws(JSONError) -> [JSONReader]? { try member(key)?.elements() }
}
