import Domain
import PostgreSQL

/// Readers of columns whose values are words or numbers of the domain.
enum StoreDecoding {
    static func raw<Value: RawRepresentable>(_ row: PostgresRow, _ column: String) throws -> Value
    where Value.RawValue: PostgresDecodable & Sendable {
        let raw = try row.decode(column, as: Value.RawValue.self)
        guard let value = Value(rawValue: raw) else {
            throw StoreError(.unreadable, "column \(column) holds a word that this version does not know")
        }
        return value
    }

    static func hold(_ row: PostgresRow) throws -> Hold? {
        guard let word = try row.decode("hold_reason", as: String?.self) else { return nil }
        guard let reason = HoldReason(rawValue: word) else {
            throw StoreError(.unreadable, "column hold_reason holds a word that this version does not know")
        }
        return Hold(reason, facts: try row.decode("hold_facts", as: String?.self) ?? "")
    }

    static func acceptedHolds(_ row: PostgresRow) throws -> Set<Hold> {
        let text = try row.decode("accepted_holds", as: PostgresJSON.self).text
        return text == "[]" ? [] : try LedgerCoding.value(text, what: "accepted holds")
    }

    /// An order's marks; one alone as former versions wrote it.
    static func marks(_ text: String) throws -> [Mark] {
        let isOne = text.utf8.first { $0 != UInt8(ascii: " ") } == UInt8(ascii: "{")
        return isOne ? [try LedgerCoding.value(text, what: "a mark")] : try LedgerCoding.value(text, what: "marks")
    }

    static func identity(_ row: PostgresRow) throws -> OutgoingIdentity? {
        guard let number = try row.decode("outgoing_number", as: String?.self),
            let type = try row.decode("outgoing_id_type", as: String?.self).flatMap(DSCOOrderIDType.init),
            let store = try row.decode("store_id", as: String?.self)
        else { return nil }
        return OutgoingIdentity(number: number, idType: type, storeID: store)
    }
}
