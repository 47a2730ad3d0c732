/// Reads digits and fixed words from the front of a text, whose bytes it only borrows.
package struct DigitScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0

    package init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    package var isAtEnd: Bool { index == text.count }

    /// A number of any length that fits.
    package mutating func digits() -> Int? {
        var number: Int?
        while let digit = next {
            let (shifted, isOver) = (number ?? 0).multipliedReportingOverflow(by: 10)
            guard !isOver, shifted < Int.max - 9 else { return nil }
            number = shifted + digit
            index += 1
        }
        return number
    }

    /// A number of exactly so many digits, at most 18; what follows them is not looked at.
    package mutating func digits(_ count: Int) -> Int? {
        var number = 0
        for _ in 0..<count {
            guard let digit = next else { return nil }
            number = number * 10 + digit
            index += 1
        }
        return number
    }

    /// The digits behind a decimal point, as a number of so many places, at most 18; nil where there are more, or none.
    package mutating func fraction(places: Int) -> Int? {
        let start = index
        var number = 0
        while let digit = next {
            guard index - start < places else { return nil }
            number = number * 10 + digit
            index += 1
        }
        guard index > start else { return nil }
        for _ in (index - start)..<places { number *= 10 }
        return number
    }

    /// Whether the word comes next; then it is skipped.
    package mutating func skip(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard index + count <= text.count else { return false }
        for offset in 0..<count where text[index + offset] != word.utf8Start[offset] { return false }
        index += count
        return true
    }

    private var next: Int? {
        guard index < text.count, case let digit = text[index] &- UInt8(ascii: "0"), digit <= 9 else { return nil }
        return Int(digit)
    }
}
