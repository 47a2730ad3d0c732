package import Domain
import JSON

/// What goes out in one call, and which effects are in it.
package struct DSCOBatch<Effect: PartnerEffect>: Sendable {
    package let effects: [Effect]
    /// The request body, a JSON array.
    package let body: [UInt8]
}

/// Cuts effects into bodies that DSCO takes: less than 4.5 MB of its 5 (DSCO contract 1).
package enum DSCOBatching {
    package static let largestBody = 4_500_000

    /// - Parameter elements: the array elements in order, each with the effects it carries; an element is never cut.
    static func cut<Effect>(_ elements: [(json: JSON, effects: [Effect])], largestBody: Int) -> [DSCOBatch<Effect>] {
        var batches: [DSCOBatch<Effect>] = []
        var effects: [Effect] = []
        var body: [UInt8] = []
        func close() {
            guard !body.isEmpty else { return }
            batches.append(DSCOBatch(effects: effects, body: body + [UInt8(ascii: "]")]))
            (effects, body) = ([], [])
        }
        for element in elements {
            let text = element.json.bytes()
            if body.count + text.count + 2 > largestBody { close() }
            body.append(UInt8(ascii: body.isEmpty ? "[" : ","))
            body += text
            effects += element.effects
        }
        close()
        return batches
    }
}

extension JSONObject {
    /// Adds the member unless the value is absent. A legal zero is a value.
    mutating func add(_ key: String, _ value: String?) {
        if let value { append(key, .string(value)) }
    }

    mutating func add(_ key: String, _ value: Int?) {
        if let value { append(key, .number(JSONNumber(value))) }
    }
}
