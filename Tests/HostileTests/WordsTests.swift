import FoundationEssentials
import PartnerHTTP
import Testing

@Suite("Hostile headers and words of a partner")
struct HostileWordsTests {
    @Test(
        "Retry-After is a pause within the limit, or none",
        arguments: [
            "1e30", "1e400", "-1e30", "nan", "inf", "0x1p1000", "9223372036854775807", "9999999999999999999999", "", " ", "\0",
            "Sun, 99999999999999999999 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 9223372036854775807 08:49:37 GMT",
            "Sun, 9223372036854775807 Nov 1994 9223372036854775807:49:37 GMT", "Sun, 06 Nov 9999 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT", "x, y z a:b:c d GMT",
        ])
    func retryAfter(_ text: String) {
        if let pause = RetryAfter.parse(text, now: Date(timeIntervalSince1970: 1_769_600_000)) {
            #expect(pause >= .zero && pause <= RetryAfter.limit)
        }
    }

    @Test("a pause that no Duration holds is the longest one")
    func longest() {
        #expect(RetryAfter.parse("1e30", now: Date()) == RetryAfter.limit)
    }

    @Test("a character of a megabyte is cut", .timeLimit(.minutes(1)))
    func longestCharacter() {
        let shown = Redaction.redact("a" + String(repeating: "\u{301}", count: 1_000_000), limit: 300)
        #expect(shown.unicodeScalars.count <= 1_201)
    }

    @Test("words are short and harmless, whatever they were", .timeLimit(.minutes(1)), arguments: Nasty.texts)
    func words(_ text: String) {
        for words in [text, text + String(repeating: "\u{301}", count: 10_000), String(repeating: text, count: 5)] {
            let shown = Redaction.redact(words, limit: 300)
            #expect(shown.unicodeScalars.count <= 1_201)
            #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control || $0.properties.isBidiControl })
        }
    }
}
