import Domain
import JSON

/// What an order that cannot be read seems to be called, so that whoever works on it learns that there is something newer.
struct GuessedName: Sendable, Hashable {
    /// Longer is no number that DSCO gives.
    private static let longest = 200

    /// `nil` without a dscoOrderId: the key of an order that has one cannot be told from its poNumber.
    let key: OrderKey?
    let poNumber: String?

    init(_ payload: [UInt8]) {
        let json = try? JSON.parse(payload)
        func name(_ member: String) -> String? {
            let text = json?[member]?.text ?? (json == nil ? Self.scan(payload, for: member) : nil)
            return text.flatMap { $0.isEmpty || $0.utf8.count > Self.longest ? nil : $0 }
        }
        key = name("dscoOrderId").map { OrderKey(rawValue: $0) }
        poNumber = name("poNumber")
    }

    /// The first plain string or number under this name, in a text that is no JSON as a whole.
    private static func scan(_ payload: [UInt8], for member: String) -> String? {
        let quoted = Array("\"\(member)\"".utf8)
        guard let start = payload.firstRange(of: quoted)?.upperBound else { return nil }
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        var rest = payload[start...].prefix(longest * 2).drop { blanks.contains($0) }
        guard rest.popFirst() == UInt8(ascii: ":") else { return nil }
        rest = rest.drop { blanks.contains($0) }
        if rest.first == UInt8(ascii: "\"") {
            let text = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            guard text.endIndex < rest.endIndex, rest[text.endIndex] == UInt8(ascii: "\"") else { return nil }
            return String(validating: text, as: UTF8.self)
        }
        return String(validating: rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }, as: UTF8.self)
    }
}
