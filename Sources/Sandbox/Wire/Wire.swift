/// A JSON value as it came, or goes, over the wire: numbers keep their digits, members their order.
///
/// The sandbox reads and writes JSON with code of its own, so that a fault in the product's JSON cannot hide here.
package enum Wire: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The digits as written, e.g. `10.50`.
    case number(String)
    case string(String)
    case array([Wire])
    case object([Member])

    package struct Member: Sendable, Hashable {
        package let name: String
        package var value: Wire

        package init(_ name: String, _ value: Wire) {
            self.name = name
            self.value = value
        }
    }
}

extension Wire {
    /// The first member of this name; nil for an absent one and for anything but an object.
    package subscript(_ name: String) -> Wire? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// An integer written as a JSON number, without fraction or exponent.
    package var integer: Int? {
        if case .number(let digits) = self { Int(digits) } else { nil }
    }

    package var digits: String? {
        if case .number(let digits) = self { digits } else { nil }
    }

    package var boolean: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var elements: [Wire]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    package var isNull: Bool {
        self == .null
    }

    /// An object of `pairs` without those whose value is nil.
    static func compact(_ pairs: [(String, Wire?)]) -> Wire {
        .object(pairs.compactMap { name, value in value.map { Member(name, $0) } })
    }

    static func optional(_ text: String?) -> Wire {
        text.map(Wire.string) ?? .null
    }

    static func integer(_ value: Int) -> Wire {
        .number(String(value))
    }
}

extension Wire: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    package init(integerLiteral value: Int) {
        self = .number(String(value))
    }

    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}

extension Wire: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: Wire...) {
        self = .array(elements)
    }

    package init(dictionaryLiteral elements: (String, Wire)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
