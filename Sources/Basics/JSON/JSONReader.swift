package import FoundationEssentials

/// A value and where it stands, so that every fault names its place: `lineItems[2].quantity is not a whole number`.
///
/// Reads as leniently as the accessors of `JSON`. The `ifPresent` forms answer `nil` for a member that is absent or null, and
/// still refuse one of the wrong kind.
package struct JSONReader: Sendable {
    package let value: JSON
    private let place: JSONPath

    /// - Parameter path: the place of the value itself, where it is part of something larger.
    package init(_ value: JSON, path: String = "") {
        self.init(value, at: path.isEmpty ? .root : .named(path))
    }

    private init(_ value: JSON, at place: JSONPath) {
        self.value = value
        self.place = place
    }

    package var path: String { place.text }

    /// A fault at this place, for rules of the reader's own: `reader.fault("is negative")`.
    package func fault(_ words: String) -> JSONError { JSONError(code: .unusable, path: path, words: words) }

    // MARK: Members

    /// The member, which must be there and not null.
    package func require(_ key: String) throws(JSONError) -> JSONReader {
        guard let reader = try member(key) else {
            throw JSONError(code: .missing, path: JSONPath.member(place, key).text, words: "is missing")
        }
        return reader
    }

    /// The member, or `nil` when it is absent or null.
    package func member(_ key: String) throws(JSONError) -> JSONReader? {
        guard let found = try object()[key], !found.isNull else { return nil }
        return JSONReader(found, at: .member(place, key))
    }

    /// All members, in document order.
    package func members() throws(JSONError) -> [(key: String, reader: JSONReader)] {
        try object().members.map { ($0.key, JSONReader($0.value, at: .member(place, $0.key))) }
    }

    /// All elements of an array.
    package func elements() throws(JSONError) -> [JSONReader] {
        guard let elements = value.array else { throw fault("is not an array") }
        return elements.enumerated().map { JSONReader($0.element, at: .element(place, $0.offset)) }
    }

    // MARK: This value

    package func object() throws(JSONError) -> JSONObject { try read(value.object, "is not an object") }
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

/// A path kept as links, and spelled out only when a fault needs it.
private indirect enum JSONPath: Sendable {
    case root
    case named(String)
    case member(JSONPath, String)
    case element(JSONPath, Int)

    var text: String {
        switch self {
        case .root: ""
        case .named(let name): name
        case .member(.root, let key): key
        case .member(let parent, let key): "\(parent.text).\(key)"
        case .element(let parent, let index): "\(parent.text)[\(index)]"
        }
    }
}
