import JSON
import Testing

@Suite("JSON parsing is strict and never crashes")
struct JSONParsingTests {
    @Test(
        "accepts RFC 8259 and keeps what was written",
        arguments: [
            ("null", JSON.null), (" true ", true), ("[]", []), ("{}", [:]), ("\"\"", ""),
            ("-0", .number(JSONNumber(text: "-0")!)),
            (
                "{\"a\":[1,2.50,-3e10,\"x\"]}",
                ["a": [1, .number(JSONNumber(text: "2.50")!), .number(JSONNumber(text: "-3e10")!), "x"]]
            ),
            (#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00""#, "\"\\/\u{8}\u{c}\n\r\tA\u{e9}\u{1F600}"),
            (#""a\u0000b""#, "a\0b"),
            (#""\ud800""#, "\u{FFFD}"), (#""\udc00x""#, "\u{FFFD}x"), (#""\ud800\u0041""#, "\u{FFFD}A"),
            (#""\ud800\ud83d\ude00""#, "\u{FFFD}\u{1F600}"),
            ("\"客服😀\"", "客服😀"),
        ] as [(String, JSON)])
    func accepts(text: String, value: JSON) throws {
        #expect(try JSON.parse(text) == value)
    }

    @Test(
        "refuses everything else, with the offset of the fault",
        arguments: [
            ("", 0), ("  ", 2), ("nul", 0), ("True", 0), ("[1,]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5), ("{a:1}", 1),
            ("{\"a\":1,}", 7), ("[", 1),
            ("{\"a\":", 5), ("01", 1), ("1.", 0), (".5", 0), ("+1", 0), ("1e", 0), ("-", 0), ("NaN", 0), ("\"a", 2),
            ("\"\\x\"", 2),
            ("\"\\u12g4\"", 5), ("\"a\nb\"", 2), ("1 2", 2), ("]", 0), ("'a'", 0), ("\"\\", 2), ("\"\\u", 3), ("// c\n1", 0),
            ("\u{FEFF}1", 0),
        ] as [(String, Int)])
    func refuses(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error?.code == .malformed(offset: offset))
    }

    @Test(
        "refuses bytes that are not UTF-8", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE5, 0xAE]] as [[UInt8]])
    func refusesInvalidUTF8(inside: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError.self) { try JSON.parse([quote] + inside + [quote]) }
        #expect(throws: JSONError.self) { try JSON.parse([quote] + Array("\\n".utf8) + inside + [quote]) }
        #expect(throws: JSONError.self) { try JSON.parse(inside) }
    }

    @Test("reads strings of every length, and finds what ends or spoils one wherever it stands")
    func everyPlace() throws {
        for length in 0...40 {
            let plain = String(repeating: "ä", count: length % 3) + String(repeating: "~", count: length)
            #expect(try JSON.parse("[\"\(plain)\"]") == [.string(plain)])
            for place in 0...length {
                let head = String(repeating: " ", count: place), tail = String(repeating: "]", count: length - place)
                #expect(try JSON.parse("\"\(head)\\\"\(tail)\"") == .string(head + "\"" + tail))
                #expect(try JSON.parse("\"\(head)é\(tail)\"") == .string(head + "é" + tail))
                for byte in [0x00, 0x1F, 0x80, 0xFF] as [UInt8] {
                    let text = Array("\"\(head)".utf8) + [byte] + Array("\(tail)\"".utf8)
                    #expect(throws: JSONError.self) { try JSON.parse(text) }
                }
                // Cut off before the closing quote.
                #expect(throws: JSONError.self) { try JSON.parse("\"\(head)") }
            }
        }
    }

    @Test("stops a document nested too deep", arguments: ["[", "{\"a\":"])
    func depthBomb(opening: String) throws {
        let error = #expect(throws: JSONError.self) { try JSON.parse(String(repeating: opening, count: 100_000)) }
        #expect(error?.description.contains("nested deeper than 128 levels") == true)
        let allowed = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(try JSON.parse(allowed).array?.count == 1)
        #expect(throws: JSONError.self) { try JSON.parse("[" + allowed + "]") }
    }

    @Test("a doubled key is kept, the last one is read, set leaves one")
    func doubledKeys() throws {
        var object = try #require(try JSON.parse(#"{"a":1,"b":2,"a":3}"#).object)
        #expect(object.keys == ["a", "b", "a"])
        #expect(object["a"] == 3)
        #expect(JSON.object(object).text(.sorted) == #"{"a":3,"b":2}"#)
        object["a"] = 4
        #expect(JSON.object(object).text() == #"{"b":2,"a":4}"#)
        object["b"] = nil
        object["c"] = true
        #expect(JSON.object(object).text() == #"{"a":4,"c":true}"#)
    }

    @Test("errors never quote the document")
    func harmlessErrors() {
        let error = #expect(throws: JSONError.self) { try JSON.parse(#"{"address":"12 Secret Lane" oops}"#) }
        #expect(error.map { "\($0)" }?.contains("Secret") == false)
    }
}
