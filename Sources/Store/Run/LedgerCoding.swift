package import Domain
import FoundationEssentials
package import JSON

/// How effects are written into and read from the ledger.
package enum LedgerCoding {
    package static func json(_ effect: some PartnerEffect) throws(StoreError) -> JSON {
        try json(ofValue: effect)
    }

    package static func effect<Effect: PartnerEffect>(_ text: String, as type: Effect.Type = Effect.self) throws(StoreError)
        -> Effect
    {
        try value(text, what: "a ledger row's effect")
    }

    static func json(ofValue value: some Encodable) throws(StoreError) -> JSON {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            return try JSON.parse(encoder.encode(value)).withoutNUL
        } catch {
            throw StoreError(.unreadable, "a value cannot be written as JSON", underlying: error)
        }
    }

    static func value<Value: Decodable>(_ text: String, what: String) throws(StoreError) -> Value {
        do {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode(Value.self, from: Data(text.utf8))
        } catch {
            throw StoreError(.unreadable, "\(what) cannot be read", underlying: error)
        }
    }
}
