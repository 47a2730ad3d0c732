/// The app id and secret of one LingXing OpenAPI application (LingXing contract 1).
package struct LingXingCredentials: Sendable {
    package let appID: String
    let appSecret: String

    package enum Fault: Error, Sendable, Hashable {
        /// The app id is the AES key of every sign: 16, 24 or 32 bytes (LingXing contract 4.3).
        case appIDLength(Int)
        case emptySecret
    }

    /// - Throws: what is wrong with the configured pair, before any call is made.
    package init(appID: String, appSecret: String) throws(Fault) {
        guard [16, 24, 32].contains(appID.utf8.count) else { throw .appIDLength(appID.utf8.count) }
        guard !appSecret.isEmpty else { throw .emptySecret }
        self.appID = appID
        self.appSecret = appSecret
    }
}

extension LingXingCredentials: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "LingXing app \(appID.prefix(5))…" }
    package var debugDescription: String { description }
}

extension LingXingCredentials.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .appIDLength(let length): "the LingXing app id has \(length) bytes; a sign needs 16, 24 or 32"
        case .emptySecret: "the LingXing app secret is empty"
        }
    }
}
