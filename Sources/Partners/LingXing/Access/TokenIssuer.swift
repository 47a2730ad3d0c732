import FoundationEssentials
import JSON
import PartnerHTTP

/// The two token calls (LingXing contract 2): POST, multipart (the secret is sent raw, and never in a URL), not signed.
struct TokenIssuer: Sendable {
    let baseURL: String
    let credentials: LingXingCredentials
    let timeout: Duration
    /// Has a circuit of its own: a probe of the business circuit may need a token.
    let caller: PartnerCaller

    /// Exchanges the app secret for a new token pair.
    func issue() async throws(PartnerError) -> LingXingToken {
        let fields = [("appId", credentials.appID), ("appSecret", credentials.appSecret)]
        return try await call(.accessToken, fields, issued: nil)
    }

    /// Spends the refresh token for a new pair.
    func refresh(_ token: LingXingToken) async throws(PartnerError) -> LingXingToken {
        try await call(
            .refreshToken, [("appId", credentials.appID), ("refreshToken", token.refreshToken ?? "")], issued: token.issued)
    }

    private func call(
        _ endpoint: LingXingEndpoint, _ fields: [(String, String)], issued: Date?
    ) async throws(PartnerError) -> LingXingToken {
        let call = PartnerCall(
            method: endpoint.method, path: endpoint.path, isRead: endpoint.isRead, deadlines: Deadlines(timeout: timeout))
        let asked = caller.clock.date()
        return try await caller.perform(
            call,
            prepare: { () throws(PartnerError) in
                PartnerRequest(
                    method: endpoint.method, url: baseURL + endpoint.path,
                    headers: [("Content-Type", "multipart/form-data; boundary=\(Self.boundary)")], body: Self.form(fields),
                    deadline: caller.clock.now() + timeout, isRead: endpoint.isRead, call: call.name)
            },
            understand: { response throws(PartnerError) in
                let answer = try Answer.read(response, kind: .token, isRead: endpoint.isRead, call: call.name, now: asked)
                guard let token = Self.token(answer.data, asked: asked, issued: issued) else {
                    throw PartnerError(
                        .lingXing, endpoint.isRead ? .malformedAnswer : .unknownOutcome, call: call.name,
                        code: PartnerError.Code.unreadableAnswer, status: response.status)
                }
                return token
            })
    }

    /// `expires_in` counts from when we asked: the answer may have been long on its way.
    private static func token(_ data: JSONView, asked: Date, issued: Date?) -> LingXingToken? {
        guard let access = data["access_token"]?.string, !access.isEmpty, let seconds = data["expires_in"]?.int, seconds > 0
        else { return nil }
        let refresh = data["refresh_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        return LingXingToken(
            accessToken: access, refreshToken: refresh, obtained: asked, expires: asked.addingTimeInterval(TimeInterval(seconds)),
            issued: issued ?? asked)
    }

    private static let boundary = "conveyor-5c1d7be2a9f04e63"

    static func form(_ fields: [(String, String)]) -> [UInt8] {
        let parts = fields.map { "--\(boundary)\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\n\($1)\r\n" }
        return Array((parts.joined() + "--\(boundary)--\r\n").utf8)
    }
}
