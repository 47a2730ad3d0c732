import Foundation
import JSON
import Testing

@testable import LingXing

/// The partner's documented bodies, copied into the test bundle.
enum Examples {
    static func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Examples/\(name)", withExtension: "json"), "no example \(name)")
        return Array(try Data(contentsOf: url))
    }

    static func json(_ name: String) throws -> JSON { try JSON.parse(bytes(name)) }

    static func names() throws -> [String] {
        let folder = try #require(Bundle.module.url(forResource: "Examples", withExtension: nil))
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).map { String($0.dropLast(".json".count)) }
            .sorted()
    }
}
