import FoundationEssentials
package import JSON

/// A value as the ledger and the orders' rows keep it. Its members' names are part of the stored form: whoever changes one reads the old
/// one too.
package protocol LedgerValue {
    init(_ json: JSONReader) throws(JSONError)
    var json: JSON { get }
}

extension LedgerValue {
    package static func list(_ values: [Self]) -> JSON { .array(values.map(\.json)) }

    package static func list(_ json: JSONReader, _ key: String) throws(JSONError) -> [Self] {
        var values: [Self] = []
        for element in try json.elements(key) { values.append(try Self(element)) }
        return values
    }
}

/// What is absent has no member.
extension JSONObject {
    mutating func add(_ key: String, _ text: String?) { if let text { append(key, .string(text)) } }
    mutating func add(_ key: String, _ number: Int?) { if let number { append(key, .number(JSONNumber(number))) } }
    mutating func add(_ key: String, _ amount: Decimal?) { if let amount { append(key, .number(JSONNumber(amount))) } }
    mutating func add(_ key: String, _ date: Date?) { if let date { append(key, .string(date.formatted(.iso8601))) } }
}

extension JSONReader {
    func date(_ key: String) throws(JSONError) -> Date {
        let member = try require(key)
        guard let date = try? Date(try member.string(), strategy: .iso8601) else { throw member.fault("is no date") }
        return date
    }

    func date(ifPresent key: String) throws(JSONError) -> Date? { try member(key) == nil ? nil : try date(key) }

    func texts(_ key: String) throws(JSONError) -> [String] {
        var texts: [String] = []
        for element in try elements(key) { texts.append(try element.string()) }
        return texts
    }
}
