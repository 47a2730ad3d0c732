/// A JSON value (RFC 8259) that loses nothing: numbers keep their spelling and objects their order, so what a partner sent can be
/// stored, signed and compared byte for byte.
///
/// Equality is by spelling and order (`1.0` is not `1`); compare `bytes(.sorted)` where order does not matter.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }

    /// For literals of tests and tables; money is built from `Decimal`.
    package init(floatLiteral value: Double) {
        self = JSONNumber(text: "\(value)").map(JSON.number) ?? .null
    }
}

extension JSON: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}
