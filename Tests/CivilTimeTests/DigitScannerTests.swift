import CivilTime
import Testing

@Suite("A scanner of digits")
struct DigitScannerTests {
    private func scan<Result>(_ text: String, _ body: (inout DigitScanner) -> Result) -> Result {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = DigitScanner(bytes)
            return body(&scanner)
        }
    }

    @Test("reads numbers and words from the front, and says when it is at the end")
    func fields() {
        let read = scan("2026-11-30 BC") { scanner in
            let year = scanner.digits(), month = scanner.skip("-") ? scanner.digits(2) : nil
            return (
                year, month, scanner.skip(" BC"), scanner.skip("-30"), scanner.isAtEnd, scanner.skip(" BC!"), scanner.skip(" BC")
            )
        }
        #expect(read.0 == 2026)
        #expect(read.1 == 11)
        #expect(!read.2, "another word comes next")
        #expect(read.3)
        #expect(!read.4)
        #expect(!read.5, "the text ends within the word")
        #expect(read.6)
        let isAtEnd = scan("7") { $0.digits() == 7 && $0.isAtEnd }
        #expect(isAtEnd)
    }

    @Test("refuses what is no number, and what does not fit", arguments: ["", "x", "-1", "99999999999999999999"])
    func noNumber(_ text: String) {
        let read = scan(text) { $0.digits() }
        #expect(read == nil)
    }

    @Test("takes exactly as many digits as are asked for", arguments: [("123", 1), ("1", nil), ("1x", nil), ("", nil)])
    func exactly(_ text: String, _ rest: Int?) {
        let read = scan(text) { $0.digits(2) }
        #expect(read == rest.map { _ in 12 })
    }

    @Test(
        "reads a fraction to the places asked for",
        arguments: [("5", 500_000), ("000001", 1), ("123456", 123_456), ("1234567", nil), ("", nil), ("x", nil)])
    func fraction(_ text: String, _ microseconds: Int?) {
        let read = scan(text) { $0.fraction(places: 6) }
        #expect(read == microseconds)
    }
}
