package import FoundationEssentials

/// Lenient reading: partners write numbers as strings, strings as numbers and flags as 0 and 1 (LingXing contract 11). Every
/// accessor answers `nil` for what it cannot read; `JSONReader` gives errors with a path instead.
extension JSON {
    package var isNull: Bool { self == .null }

    /// The member of an object; `nil` when absent and on any other kind of value.
    package subscript(key: String) -> JSON? { object?[key] }

    /// The element of an array; `nil` beyond its end and on any other kind of value.
    package subscript(index: Int) -> JSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    package var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// A string, nothing else.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A string, the spelling of a number, or `true`/`false`: for ids and codes, which come either way.
    package var text: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// A whole number, or a string that spells one.
    package var int64: Int64? { numberSpelling.flatMap(NumberText.int64) }

    package var int: Int? { int64.flatMap(Int.init(exactly:)) }

    /// A number, or a string that spells one, exactly; what a `Decimal` would have to round is refused.
    package var decimal: Decimal? { numberSpelling.flatMap(NumberText.decimal) }

    /// `true`, `false`, 1, 0, or a string of one of them.
    package var bool: Bool? {
        if case .bool(let flag) = self { return flag }
        return switch numberSpelling {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    private var numberSpelling: String? {
        switch self {
        case .number(let number): number.text
        case .string(let text): text
        case .null, .bool, .array, .object: nil
        }
    }
}
