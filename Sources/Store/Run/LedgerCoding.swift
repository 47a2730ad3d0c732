package import Domain
import FoundationEssentials
import JSON

/// How values are written into and read from the ledger and the orders' rows.
package enum LedgerCoding {
    /// The text that is stored, without U+0000.
    package static func text(_ value: some LedgerValue) -> String { value.json.withoutNUL.text() }

    package static func effect<Effect: PartnerEffect>(_ text: String, as type: Effect.Type = Effect.self) throws(StoreError)
        -> Effect
    {
        try read(text, what: "a ledger row's effect")
    }

    package static func read<Value: LedgerValue>(_ text: String, what: String) throws(StoreError) -> Value {
        do {
            return try Value(JSONReader(JSONDocument(Array(text.utf8)).root))
        } catch {
            throw StoreError(.unreadable, "\(what) cannot be read", underlying: error)
        }
    }

    // MARK: Lists and tables that are rarely there

    static func text(ofValue value: some Encodable) throws(StoreError) -> String {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try JSON.parse(encoder.encode(value)).withoutNUL.text()
        } catch {
            throw StoreError(.unreadable, "a value cannot be written as JSON", underlying: error)
        }
    }

    static func value<Value: Decodable>(_ text: String, what: String) throws(StoreError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            throw StoreError(.unreadable, "\(what) cannot be read", underlying: error)
        }
    }
}
