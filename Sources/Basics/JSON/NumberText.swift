import FoundationEssentials

/// Reads decimal spellings exactly. Accepts JSON's grammar and, since partners write numbers into strings, leading zeros (`007`).
enum NumberText {
    /// A spelling taken apart: value = ± digits × 10^exponent, digits without leading or trailing zeros (empty for zero).
    private struct Parts {
        var isNegative = false
        var digits: [UInt8] = []
        var exponent = 0
    }

    static func int64(_ text: String) -> Int64? { int64(Array(text.utf8)[...]) }

    static func int64(_ text: ArraySlice<UInt8>) -> Int64? {
        if let plain = Plain(text), plain.places == 0 { return plain.signed }
        guard let parts = parts(of: text) else { return nil }
        guard !parts.digits.isEmpty else { return 0 }
        guard parts.exponent >= 0, parts.digits.count + parts.exponent <= 19 else { return nil }
        let digits = parts.digits + Array(repeating: 0, count: parts.exponent)
        var value: Int64 = 0
        for digit in digits {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            let step = Int64(digit)
            let (next, beyond) =
                parts.isNegative ? shifted.subtractingReportingOverflow(step) : shifted.addingReportingOverflow(step)
            guard !beyond else { return nil }
            value = next
        }
        return value
    }

    static func decimal(_ text: String) -> Decimal? { decimal(Array(text.utf8)[...]) }

    static func decimal(_ text: ArraySlice<UInt8>) -> Decimal? {
        if let plain = Plain(text) {
            return Decimal(
                sign: plain.isNegative && plain.digits > 0 ? .minus : .plus, exponent: -plain.places,
                significand: Decimal(plain.digits))
        }
        guard let parts = parts(of: text) else { return nil }
        guard !parts.digits.isEmpty else { return 0 }
        // 38 digits always fit Decimal's 128-bit significand; its exponent is 8 bits wide.
        guard parts.digits.count <= 38, (-127...127).contains(parts.exponent) else { return nil }
        let low = parts.digits.suffix(19)
        let high = parts.digits.dropLast(low.count)
        let number = { (digits: ArraySlice<UInt8>) in digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) } }
        var significand = Decimal(number(low))
        if !high.isEmpty {
            significand += Decimal(number(high)) * Decimal(UInt64(10_000_000_000_000_000_000))
        }
        let value = Decimal(sign: parts.isNegative ? .minus : .plus, exponent: parts.exponent, significand: significand)
        return value.isNaN ? nil : value
    }

    private static func parts(of text: ArraySlice<UInt8>) -> Parts? {
        var parts = Parts()
        var rest = text
        if rest.first == UInt8(ascii: "-") {
            parts.isNegative = true
            rest = rest.dropFirst()
        }
        let whole = rest.prefix(while: NumberGrammar.isDigit)
        guard !whole.isEmpty else { return nil }
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: NumberGrammar.isDigit)
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        var exponent = 0
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            // An exponent too large for an Int is no number anyone means.
            guard rest.count <= 8, let given = Int(String(decoding: rest.dropFirst(), as: UTF8.self)) else { return nil }
            exponent = given
        } else if !rest.isEmpty {
            return nil
        }
        var digits = (whole + fraction).map { $0 - UInt8(ascii: "0") }[...]
        exponent -= fraction.count
        digits = digits.drop { $0 == 0 }
        while digits.last == 0 {
            digits = digits.dropLast()
            exponent += 1
        }
        parts.digits = Array(digits)
        parts.exponent = exponent
        return parts
    }

    /// What nearly all numbers are: at most 18 digits, perhaps some of them behind a point.
    private struct Plain {
        var isNegative = false
        var digits: UInt64 = 0
        /// Digits behind the point, trailing zeros aside.
        var places = 0

        var signed: Int64 { isNegative ? -Int64(digits) : Int64(digits) }

        init?(_ text: ArraySlice<UInt8>) {
            var rest = text
            if rest.first == UInt8(ascii: "-") {
                isNegative = true
                rest = rest.dropFirst()
            }
            guard let first = rest.first, let last = rest.last, NumberGrammar.isDigit(first), NumberGrammar.isDigit(last),
                rest.count <= 18
            else { return nil }
            var isBehindPoint = false
            for byte in rest {
                if byte == UInt8(ascii: "."), !isBehindPoint {
                    isBehindPoint = true
                } else {
                    guard NumberGrammar.isDigit(byte) else { return nil }
                    digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
                    if isBehindPoint { places += 1 }
                }
            }
            while places > 0, digits.isMultiple(of: 10) {
                digits /= 10
                places -= 1
            }
        }
    }
}
