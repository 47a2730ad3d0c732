import JSON
import Testing

@Suite("JSON text")
struct JSONTextTests {
    @Test("only quotes, backslashes and control characters are escaped")
    func escapes() {
        #expect(
            JSON.string("a/\"\\\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}é客😀\u{2028}<&>").text()
                == "\"a/\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\u{7f}é客😀\u{2028}<&>\"")
    }

    @Test("sorted goes by the bytes of the keys, all the way down")
    func sorted() {
        let value: JSON = ["b": ["z": 1, "a": [["y": 1, "x": 2]]], "a_b": 1, "aB": 2, "_a": 3, "A": 4, "é": 5, "ab": 6]
        #expect(value.text(.sorted) == #"{"A":4,"_a":3,"aB":2,"a_b":1,"ab":6,"b":{"a":[{"x":2,"y":1}],"z":1},"é":5}"#)
        #expect(value.text(.compact).hasPrefix(#"{"b":{"z":1,"#))
    }

    @Test("pretty")
    func pretty() {
        let value: JSON = ["a": [1, 2], "e": [], "o": [:]]
        #expect(value.text(.pretty) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"e\": [],\n  \"o\": {}\n}")
    }
}

@Suite("Raw slices of a page")
struct JSONSlicesTests {
    private func texts(_ document: String) throws -> [String] {
        try JSON.slices(of: Array(document.utf8), member: "orders").elements.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("elements come byte for byte, whatever is inside them")
    func byteForByte() throws {
        let document = #"{ "scrollId" : "x" , "orders" : [ {"a" : 1.50, "b":"],}\"" } , 01, [ {} , "\q\ud800"] ,tru ] , "n":1}"#
        #expect(try texts(document) == [#"{"a" : 1.50, "b":"],}\"" }"#, "01", #"[ {} , "\q\ud800"]"#, "tru"])
        #expect(try JSON.slices(of: Array(document.utf8), member: "orders").rest == ["scrollId": "x", "n": 1])
        #expect(try texts(#"{"orders":[]}"#) == [])
        #expect(try texts(#"{"orders":[ ]}"#) == [])
    }

    @Test("bad UTF-8 and a depth bomb spoil only their own element")
    func spoiltElements() throws {
        let bomb = Array((String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000)).utf8)
        let bad: [UInt8] = Array("{\"n\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8)
        let document = Array("{\"orders\":[{\"ok\":1},".utf8) + bad + Array(",".utf8) + bomb + Array(",{\"ok\":2}]}".utf8)
        let slices = try JSON.slices(of: document, member: "orders")
        #expect(slices.elements.map(Array.init) == [Array("{\"ok\":1}".utf8), bad, bomb, Array("{\"ok\":2}".utf8)])
        #expect(slices.elements[1].startIndex == document.firstIndex(of: 0xFF)! - 6)
    }

    @Test(
        "a broken frame is an error",
        arguments: [
            "", "[]", "{}", #"{"orders":{}}"#, #"{"orders":null}"#, #"{"orders":[1,]}"#, #"{"orders":[,1]}"#, #"{"orders":[1"#,
            #"{"orders":[{]}"#,
            #"{"orders":[1]"#, #"{"orders":[1]} x"#, #"{"orders":["a]}"#, #"{"orders":[1],"n":01}"#, #"{"orders":[1] "n":1}"#,
        ])
    func brokenFrame(document: String) {
        #expect(throws: JSONError.self) { try texts(document) }
    }
}
