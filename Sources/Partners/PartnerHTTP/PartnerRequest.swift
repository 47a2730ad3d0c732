/// One HTTP request to a partner, ready to go out.
package struct PartnerRequest: Sendable {
    package var method: String
    /// The whole URL with its query. It may hold secrets (LingXing signs in the query) and is therefore never shown; `call` is.
    package var url: String
    package var headers: [(String, String)]
    package var body: [UInt8]?
    /// When the answer must be complete. A write's deadline also ends the permission to send (design 7.2).
    package var deadline: ContinuousClock.Instant
    /// Whether the request changes nothing at the partner, so that repeating it is harmless.
    package var isRead: Bool
    /// Method and path without the query: what errors, logs and metrics show.
    package var call: String

    /// - Parameter call: defaults to `method` and the path of `url`, without the query.
    package init(
        method: String, url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        deadline: ContinuousClock.Instant, isRead: Bool, call: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.isRead = isRead
        self.call = call ?? "\(method) \(Self.path(of: url))"
    }

    private static func path(of url: String) -> Substring {
        let bare = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = bare.firstRange(of: "://") else { return bare }
        guard let slash = bare[scheme.upperBound...].firstIndex(of: "/") else { return "/" }
        return bare[slash...]
    }
}

extension PartnerRequest: CustomStringConvertible, CustomDebugStringConvertible {
    /// The call alone: URL, headers and body hold secrets and personal data.
    package var description: String { call }
    package var debugDescription: String { call }
}
