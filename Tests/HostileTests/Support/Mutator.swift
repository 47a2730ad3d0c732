import Foundation
import JSON

/// Spoils documents: from a valid one, by its seed, always the same way.
struct Mutator {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// The document with one to four places spoiled.
    mutating func mutated(_ json: JSON) -> JSON {
        var json = json
        for _ in 0...random.below(4) { json = spoiled(json, isRoot: true) }
        return json
    }

    /// The text of a mutated document, now and then with its bytes spoiled too.
    mutating func text(of json: JSON) -> [UInt8] {
        let bytes = mutated(json).bytes(random.oneIn(2) ? .compact : .pretty)
        return random.oneIn(4) ? mangled(bytes) : bytes
    }

    mutating func mangled(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(3) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(8) {
            case 0: bytes.removeSubrange(place...)
            case 1: bytes[place] ^= 1 << UInt8(random.below(8))
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(random.pick([0xFF, 0xC0, 0xED, 0x00, 0x1B, 0x22, 0x5C, 0x7B, 0x5D, 0x2C]), at: place)
            case 4: bytes.insert(contentsOf: [0xEF, 0xBB, 0xBF], at: random.oneIn(2) ? 0 : place)
            case 5: bytes.insert(contentsOf: Array(random.pick([#"\ud800"#, #"\udfff\ud800"#, #"\u0000"#]).utf8), at: place)
            case 6: bytes.insert(contentsOf: bytes[place..<min(place + 200, bytes.count)], at: place)
            default: bytes.insert(contentsOf: Array(repeating: UInt8(ascii: "["), count: 300), at: place)
            }
        }
        return bytes
    }

    private mutating func spoiled(_ json: JSON, isRoot: Bool = false) -> JSON {
        switch json {
        case .object(let object) where !object.isEmpty && (isRoot || !random.oneIn(8)): .object(spoiled(object))
        case .array(let elements) where !elements.isEmpty && !random.oneIn(8): .array(spoiled(elements))
        default: replacement(of: json)
        }
    }

    private mutating func spoiled(_ object: JSONObject) -> JSONObject {
        var members = object.members
        let place = random.below(members.count)
        switch random.below(10) {
        case 0: members.remove(at: place)
        case 1:
            members.insert(
                .init(key: members[place].key, value: replacement(of: members[place].value)), at: random.below(place + 1))
        case 2: members.append(.init(key: random.pick(Nasty.texts), value: members[place].value))
        default: members[place].value = spoiled(members[place].value)
        }
        return JSONObject(members: members)
    }

    private mutating func spoiled(_ elements: [JSON]) -> [JSON] {
        var elements = elements
        let place = random.below(elements.count)
        switch random.below(8) {
        case 0: elements.remove(at: place)
        case 1: elements += Array(repeating: elements[place], count: 1 + random.below(3))
        case 2: elements.insert(random.pick([.null, [], [:], "", 0]), at: place)
        default: elements[place] = spoiled(elements[place])
        }
        return elements
    }

    private mutating func replacement(of json: JSON) -> JSON {
        switch random.below(12) {
        case 0: .null
        case 1: .bool(random.oneIn(2))
        case 2...5: random.pick(Nasty.number)
        case 6...8: .string(random.pick(Nasty.texts))
        case 9: (0..<random.pick([1, 5, 200])).reduce(json) { value, _ in [value] }
        case 10: random.pick([[], [:], [json, json], ["a": json]])
        default: .string(random.pick(Nasty.numbers))
        }
    }
}

/// Cuts thousands of seeds into test cases that can run side by side.
enum Seeds {
    static let chunks = Array(0..<4)

    /// More cases for a long night: `CONVEYOR_HOSTILE_FACTOR=50`.
    private static let factor = ProcessInfo.processInfo.environment["CONVEYOR_HOSTILE_FACTOR"].flatMap { Int($0) } ?? 1

    /// Lets other tests have the thread now and then.
    static func breathe(_ seed: UInt64) async { if seed % 16 == 0 { await Task.yield() } }

    static func of(_ chunk: Int, _ count: Int) -> Range<UInt64> {
        let count = count * max(factor, 1)
        return UInt64(chunk * count)..<UInt64((chunk + 1) * count)
    }
}

/// The start of a document, for the words of a failure.
func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(3_000), as: UTF8.self) }
