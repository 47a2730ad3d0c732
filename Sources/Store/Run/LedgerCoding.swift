package import Domain
import FoundationEssentials
import JSON

/// How effects are written into and read from the ledger.
package enum LedgerCoding {
    /// The text that is stored, without U+0000.
    package static func text(_ effect: some PartnerEffect) throws(StoreError) -> String { try text(ofValue: effect) }

    package static func effect<Effect: PartnerEffect>(_ text: String, as type: Effect.Type = Effect.self) throws(StoreError)
        -> Effect
    {
        try value(text, what: "a ledger row's effect")
    }

    static func text(ofValue value: some Encodable) throws(StoreError) -> String {
        do {
            let bytes = Array(try encoder.encode(value))
            // Postgres stores no U+0000, however it is written.
            guard bytes.firstRange(of: escapedNUL) == nil else { return try JSON.parse(bytes).withoutNUL.text() }
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw StoreError(.unreadable, "a value cannot be written as JSON", underlying: error)
        }
    }

    static func json(ofValue value: some Encodable) throws(StoreError) -> JSON {
        let text = try text(ofValue: value)
        do { return try JSON.parse(text) } catch {
            throw StoreError(.unreadable, "a value cannot be written as JSON", underlying: error)
        }
    }

    static func value<Value: Decodable>(_ text: String, what: String) throws(StoreError) -> Value {
        do {
            return try decoder.decode(Value.self, from: Data(text.utf8))
        } catch {
            throw StoreError(.unreadable, "\(what) cannot be read", underlying: error)
        }
    }

    private static let escapedNUL = Array(#"\u0000"#.utf8)

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }()

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }()
}
