package import FoundationEssentials

/// A number in exactly the digits of the document. It is never passed through `Double`: 18-digit ids and money stay whole.
package struct JSONNumber: Sendable, Hashable {
    package let text: String

    /// The number spelled so, or `nil` when JSON's grammar refuses the spelling.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        guard let end = NumberGrammar.end(in: bytes, from: 0), end == bytes.endIndex else { return nil }
        self.text = text
    }

    /// For the parser, which has checked the grammar.
    init(checked text: String) { self.text = text }

    package init(_ value: some FixedWidthInteger) { text = String(value) }

    /// - Precondition: the value is a number (NaN has no spelling in JSON).
    package init(_ value: Decimal) {
        precondition(!value.isNaN, "not-a-number cannot be written as JSON")
        text = value.description
    }

    /// The value when it is whole and fits, however it is spelled (`12`, `12.0`, `1.2e1`).
    package var int64: Int64? { NumberText.int64(text) }

    package var int: Int? { int64.flatMap(Int.init(exactly:)) }

    /// The exact value, or `nil` when a `Decimal` cannot hold it without rounding (more than 38 digits, exponent beyond ±127).
    package var decimal: Decimal? { NumberText.decimal(text) }
}

/// RFC 8259's number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
enum NumberGrammar {
    /// The index after the number that starts at `start`, or `nil` when none does.
    static func end<Bytes: RandomAccessCollection>(
        in bytes: Bytes, from start: Int
    ) -> Int? where Bytes.Element == UInt8, Bytes.Index == Int {
        var index = start
        func skipDigits() -> Bool {
            let first = index
            while index < bytes.endIndex, isDigit(bytes[index]) { index += 1 }
            return index > first
        }
        if index < bytes.endIndex, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let leadingZero = index < bytes.endIndex && bytes[index] == UInt8(ascii: "0")
        if leadingZero { index += 1 } else if !skipDigits() { return nil }
        if index < bytes.endIndex, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard skipDigits() else { return nil }
        }
        if index < bytes.endIndex, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.endIndex, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
            guard skipDigits() else { return nil }
        }
        return index
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
