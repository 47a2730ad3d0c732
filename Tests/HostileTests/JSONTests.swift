import Foundation
import JSON
import Testing

@Suite("Mangled JSON")
struct HostileJSONTests {
    @Test(
        "is a value or an error, as another parser finds it too, and what was read is read again the same",
        arguments: Seeds.chunks)
    func parsing(_ chunk: Int) async {
        for seed in Seeds.of(chunk, 250) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let bytes = mutator.text(of: Samples.order)
            let parsed = try? JSON.parse(bytes)
            if let parsed {
                check((try? JSON.parse(parsed.bytes())) == parsed, "seed \(seed): \(shown(bytes))")
                let sorted = parsed.bytes(.sorted)
                check((try? JSON.parse(sorted))?.bytes(.sorted) == sorted, "seed \(seed): \(shown(bytes))")
                _ = parsed.decimal
            }
            guard Self.isComparable(bytes, parsed) else { continue }
            let other = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
            check((parsed != nil) == (other != nil), "seed \(seed): \(shown(bytes))")
        }
    }

    /// Foundation guesses other encodings, takes a byte order mark, refuses numbers beyond a Double and lone surrogates, and stops elsewhere
    /// in the depths.
    private static func isComparable(_ bytes: [UInt8], _ parsed: JSON?) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0) && !bytes.contains(0xEF)
            && !text.contains("\\ud") && !text.contains("e99") && !text.contains("e400") && !text.contains("e999")
            && !text.contains(String(repeating: "[", count: 60)) && !text.contains(String(repeating: "0", count: 300))
            && bytes.count < 9_000 && !text.contains("\\uD") && text.matches(of: #/\[\s*\[/#).count < 40
    }

    @Test("every accessor answers for every number and text", arguments: Nasty.numbers + Nasty.texts)
    func accessors(_ text: String) {
        for json in [JSON.string(text), JSONNumber(text: text).map(JSON.number) ?? .null] {
            if let int = json.int64 { #expect(json.decimal == Decimal(int)) }
            if let decimal = json.decimal { #expect(!decimal.isNaN) }
            _ = (json.bool, json.text, json.int, json["a"], json[0])
        }
    }

    @Test("a doubled member loses no element of a list")
    func doubledList() throws {
        let slices = try JSON.slices(of: Array(#"{"orders":[1,2],"x":0,"orders":[],"orders":[3]}"#.utf8), member: "orders")
        #expect(try slices.elements.map { try JSON.parse($0) } == [1, 2, 3])
    }

    @Test("a megabyte in one text, one number or one list is read in no time", .timeLimit(.minutes(1)))
    func megabytes() throws {
        let text = String(repeating: "\\u0000é", count: 200_000)
        #expect(try JSON.parse("\"\(text)\"").string?.unicodeScalars.count == 400_000)
        let digits = String(repeating: "9", count: 1_000_000)
        let number = try JSON.parse(digits)
        #expect(number.int64 == nil && number.decimal == nil)
        #expect(try JSON.parse("1" + String(repeating: "0", count: 1_000_000)).decimal == nil)
        #expect(try JSON.parse("[" + String(repeating: "[],", count: 300_000) + "1]").array?.count == 300_001)
        let members = (0..<20_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(try JSON.parse("{\(members)}")["k19999"] == 19_999)
    }
}
