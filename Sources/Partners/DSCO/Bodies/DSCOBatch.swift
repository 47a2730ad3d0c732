package import Domain
import JSON

/// What goes out in one call, and which effects are in it.
package struct DSCOBatch<Effect: PartnerEffect>: Sendable {
    /// Where the effects stand among those that were cut.
    package let places: [Int]
    /// The request body, a JSON array.
    package let body: [UInt8]
}

/// Cuts effects into bodies that DSCO takes: less than 4.5 MB of its 5 (DSCO contract 1).
package enum DSCOBatching {
    package static let largestBody = 4_500_000

    /// - Parameter elements: the array elements in order, each with the places of the effects it carries; an element is never cut.
    static func cut<Effect>(_ elements: [(json: JSON, places: [Int])], largestBody: Int) -> [DSCOBatch<Effect>] {
        var batches: [DSCOBatch<Effect>] = []
        var places: [Int] = []
        var body: [UInt8] = []
        func close() {
            guard !body.isEmpty else { return }
            batches.append(DSCOBatch(places: places, body: body + [UInt8(ascii: "]")]))
            (places, body) = ([], [])
        }
        for element in elements {
            let text = element.json.bytes()
            if body.count + text.count + 2 > largestBody { close() }
            body.append(UInt8(ascii: body.isEmpty ? "[" : ","))
            body += text
            places += element.places
        }
        close()
        return batches
    }

    /// Cuts effects of which each is an element.
    static func cut<Effect>(_ effects: [Effect], largestBody: Int, element: (Effect) -> JSON) -> [DSCOBatch<Effect>] {
        cut(effects.indices.map { (element(effects[$0]), [$0]) }, largestBody: largestBody)
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
