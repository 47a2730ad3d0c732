package import FoundationEssentials

/// The access token all workers share, with what its renewal needs (LingXing contract 2). Codable, to be stored encrypted.
package struct LingXingToken: Codable, Sendable, Hashable {
    package var accessToken: String
    /// Usable once.
    package var refreshToken: String?
    /// When LingXing gave out this pair.
    package var obtained: Date
    package var expires: Date
    /// When the app secret was last exchanged for a token; renewals keep it.
    package var issued: Date

    package init(accessToken: String, refreshToken: String?, obtained: Date, expires: Date, issued: Date) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.obtained = obtained
        self.expires = expires
        self.issued = issued
    }

    /// Renewed this long before it expires, so that no call leaves with a token that dies on the way. Of a short-lived token,
    /// the last quarter.
    static let leeway: TimeInterval = 300

    func isFresh(at now: Date) -> Bool {
        now < expires - min(Self.leeway, expires.timeIntervalSince(obtained) / 4)
    }

    /// The refresh token lives as long as its access token.
    func canBeRefreshed(at now: Date) -> Bool { refreshToken != nil && now < expires }
}

extension LingXingToken: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "LingXing token, expires \(expires)" }
    package var debugDescription: String { description }
}

/// Where the one live token of an app id is kept for all workers (design 8).
package protocol LingXingTokenStore: Sendable {
    /// The token last stored.
    func current() async throws -> LingXingToken?

    /// Takes the fleet-wide lock, reads the stored token anew, stores what `renewal` makes of it (it may be the same) and
    /// returns it. The lock is held while `renewal` calls LingXing, up to three time-outs. What `renewal` throws is thrown on
    /// unchanged and nothing is stored.
    func renew(_ renewal: @Sendable (LingXingToken?) async throws -> LingXingToken) async throws -> LingXingToken
}
