import Testing

@testable import Sandbox

@Suite("JSON on the wire")
struct WireTests {
    @Test(
        "comes out as it went in: digits, order of members, raw UTF-8",
        arguments: [
            #"{"b":1,"a":[10.50,-0,1e-7,18446744073709551616]}"#, #"{"text":"深圳 😀 / \"q\" \\ \n","empty":{},"none":[]}"#,
            "[true,false,null]",
        ])
    func roundTrip(_ text: String) throws {
        #expect(try Wire(text: text).json == text)
    }

    @Test("understands escapes, surrogate pairs among them")
    func escapes() throws {
        #expect(try Wire(text: #""\u00e9\ud83d\ude00\/\t""#) == "é😀/\t")
    }

    @Test(
        "refuses what is no JSON",
        arguments: [
            "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "nul", "\"a", "'a'", "{\"a\":1,\"a\":2}", "[1] 2", #""\ud83d""#,
            "\"\u{01}\"",
        ])
    func faults(_ text: String) {
        #expect(throws: WireError.self) { try Wire(text: text) }
    }
}
