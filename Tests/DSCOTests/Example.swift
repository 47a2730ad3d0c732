import Foundation
import JSON
import Testing

/// An example of the DSCO contract, and what its manifest says about it.
struct Example: CustomTestStringConvertible, Sendable {
    let file: String
    let method: String
    let path: String
    /// `query`, `request…`, a status, or `err`.
    let place: String

    var testDescription: String { file }
    var bytes: [UInt8] { Example.bytes(file) }
    var json: JSON { get throws { try JSON.parse(bytes) } }

    static let all: [Example] =
        (try? JSON.parse(bytes("manifest.json")))?.array?.compactMap { entry in
            guard let file = entry["file"]?.string, let method = entry["method"]?.string, let path = entry["path"]?.string,
                let place = entry["where"]?.string
            else { return nil }
            return Example(file: file, method: method.uppercased(), path: path, place: place)
        } ?? []

    static func bytes(_ file: String) -> [UInt8] {
        guard let folder = Bundle.module.url(forResource: "Examples", withExtension: nil),
            let data = try? Data(contentsOf: folder.appendingPathComponent(file))
        else { return [] }
        return Array(data)
    }

    static func text(_ file: String) -> String { String(decoding: bytes(file), as: UTF8.self) }
}

extension JSON {
    /// The same meaning whatever the order of members and the spelling of numbers, so that two documents can be compared.
    var meaning: JSON {
        switch self {
        case .number(let number): number.decimal.map { .number(JSONNumber($0)) } ?? self
        case .array(let elements): .array(elements.map(\.meaning))
        case .object(let object):
            .object(JSONObject(object.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.meaning) }))
        case .null, .bool, .string: self
        }
    }

    /// Without these members, at any depth.
    func without(_ keys: Set<String>) -> JSON {
        switch self {
        case .array(let elements): .array(elements.map { $0.without(keys) })
        case .object(let object):
            .object(JSONObject(object.members.filter { !keys.contains($0.key) }.map { ($0.key, $0.value.without(keys)) }))
        default: self
        }
    }
}
