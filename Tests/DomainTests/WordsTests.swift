import Domain
import Testing

@Suite("Words for people")
struct WordsTests {
    private static let all: [(String, Words)] =
        EventKind.allCases.map { ($0.rawValue, $0.words) } + HoldReason.allCases.map { ($0.rawValue, $0.words) }
        + WaitReason.allCases.map { ($0.rawValue, $0.words) } + OrderStatus.allCases.map { ("\($0)", $0.words) }

    @Test("Everything that an order's page names has words in both languages", arguments: all)
    func languages(_ code: String, _ words: Words) {
        #expect(!words.english.isEmpty)
        #expect(words.chinese.unicodeScalars.contains { $0.properties.isIdeographic })
    }

    @Test("No two lines of a timeline begin with the same word")
    func distinct() {
        for language in [\Words.english, \Words.chinese] {
            #expect(Set(EventKind.allCases.map { $0.words[keyPath: language] }).count == EventKind.allCases.count)
        }
    }

    @Test("A line that names a hold or a wait says what that means, and no other line does")
    func meaning() {
        #expect(EventKind.held.meaning(of: "shop_unmapped") == HoldReason.shopUnmapped.words)
        #expect(EventKind.waits.meaning(of: "not_reviewed") == WaitReason.notReviewed.words)
        #expect(EventKind.failed.meaning(of: "shop_unmapped") == nil)
        #expect(EventKind.held.meaning(of: "of_another_version") == nil)
    }
}
