import JSON
import Testing

@Suite("JSON properties over generated values")
struct JSONPropertyTests {
    @Test("write then read gives the same value, in every style", arguments: 0..<300 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let value = generator.json(depth: 5)
        #expect(try JSON.parse(value.bytes(.compact)) == value)
        #expect(try JSON.parse(value.bytes(.pretty)) == value)
        let sorted = value.bytes(.sorted)
        #expect(try JSON.parse(sorted).bytes(.sorted) == sorted)
        #expect(try JSON.parse(sorted).bytes(.compact) == sorted)
    }

    @Test("a view reads where it stands what the tree holds", arguments: 0..<200 as Range<UInt64>)
    func views(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let value = generator.json(depth: 5)
        for style in [JSON.Style.compact, .pretty] {
            expectSame(try JSONDocument(value.bytes(style)).root, value)
        }
    }

    private func expectSame(_ view: JSONView, _ json: JSON) {
        #expect(view.json == json)
        #expect(view.isNull == json.isNull && view.isObject == (json.object != nil))
        #expect(view.string == json.string && view.text == json.text && view.bool == json.bool)
        #expect(view.int64 == json.int64 && view.int == json.int && view.decimal == json.decimal)
        #expect(view.array?.count == json.array?.count && view.members?.map(\.key) == json.object?.keys)
        for (element, expected) in zip(view.array ?? [], json.array ?? []) { expectSame(element, expected) }
        for key in json.object?.keys ?? [] {
            guard let member = view[key], let expected = json[key] else {
                Issue.record("\(key) is missing")
                continue
            }
            expectSame(member, expected)
        }
    }

    @Test("mangled bytes give a value or an error, never a crash", arguments: 0..<60 as Range<UInt64>)
    func mangled(seed: UInt64) {
        var generator = Generator(seed: seed)
        let whole = JSON.object(["orders": .array([generator.json(depth: 4), generator.json(depth: 4)]), "n": 1]).bytes()
        for _ in 0..<50 {
            let bytes = generator.mangle(whole)
            if let value = try? JSON.parse(bytes) {
                #expect((try? JSON.parse(value.bytes())) == value)
            }
            if let slices = try? JSON.slices(of: bytes, member: "orders") {
                #expect(slices.elements.allSatisfy { !$0.isEmpty && $0.endIndex <= bytes.count })
            }
        }
    }

    @Test("every prefix of a document is an error", arguments: 0..<20 as Range<UInt64>)
    func prefixes(seed: UInt64) {
        var generator = Generator(seed: seed)
        let bytes = JSON.array([generator.json(depth: 3)]).bytes()
        for end in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSON.parse(bytes[..<end]) }
        }
    }

    @Test("slices agree with the parser on valid documents", arguments: 0..<100 as Range<UInt64>)
    func slicesAgree(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let elements = (0..<Int(seed % 7)).map { _ in generator.json(depth: 4) }
        let document: JSON = ["before": generator.json(depth: 3), "orders": .array(elements), "after": generator.json(depth: 3)]
        for style in [JSON.Style.compact, .pretty] {
            let slices = try JSON.slices(of: document.bytes(style), member: "orders")
            #expect(try slices.elements.map { try JSON.parse($0) } == elements)
            #expect(slices.rest.keys == ["before", "after"])
        }
    }
}

/// SplitMix64, so that a failing seed can be run again.
private struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func json(depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &self) {
        case 0: .null
        case 1: .bool(Bool.random(using: &self))
        case 2: .number(JSONNumber(Int64.random(in: .min ... .max, using: &self)))
        case 3:
            JSONNumber(text: "-\(UInt8.random(in: 0...9, using: &self)).\(next())e+\(UInt16.random(in: 0...999, using: &self))")
                .map(JSON.number) ?? .null
        case 4, 5: .string(string())
        case 6: .array((0..<Int.random(in: 0...4, using: &self)).map { _ in json(depth: depth - 1) })
        default: .object(JSONObject((0..<Int.random(in: 0...4, using: &self)).map { _ in (string(), json(depth: depth - 1)) }))
        }
    }

    private mutating func string() -> String {
        let pool: [Unicode.Scalar] = [
            "a", "Z", "0", "\"", "\\", "/", "\0", "\n", "\u{1F}", "\u{7F}", "é", "客", "\u{2028}", "😀", "{", "]", ",", " ",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...8, using: &self) { text.append(pool[Int.random(in: 0..<pool.count, using: &self)]) }
        return String(text)
    }

    mutating func mangle(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let punctuation = Array("\"\\{}[],:".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<4, using: &self) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(punctuation[Int.random(in: 0..<punctuation.count, using: &self)], at: index)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }
}
