import Foundation
import JSON
import PartnerHTTP
import PartnerTestSupport
import Testing

@testable import LingXing

/// A client before a scripted LingXing, with time that jumps.
struct ClientFixture {
    let time = ManualClock(date: Date(timeIntervalSince1970: 1_720_429_074))
    let transport: ScriptedLingXing
    let store: InMemoryTokenStore
    let client: LingXingClient

    static let secret = "s3cret+/=="
    static let appID = "ak_EXAMPLE0APPID"

    init(
        token: String? = "token-1", tokenIssueGap: Duration = .seconds(60),
        _ answer: @escaping @Sendable (ScriptedLingXing.Asked, Int) -> ScriptedLingXing.Reply
    ) throws {
        transport = ScriptedLingXing(answer)
        let now = time.clock.date()
        store = InMemoryTokenStore(
            token.map {
                LingXingToken(
                    accessToken: $0, refreshToken: "refresh-1", obtained: now, expires: now.addingTimeInterval(7199),
                    issued: now.addingTimeInterval(-3600))
            })
        let settings = LingXingSettings(
            baseURL: "https://openapi.lingxing.com/",
            credentials: try LingXingCredentials(appID: Self.appID, appSecret: Self.secret),
            timeZone: try #require(TimeZone(identifier: "Asia/Shanghai")))
        client = LingXingClient(
            settings: settings, tokens: store, gate: OpenGate(),
            transport: transport, tokenIssueGap: tokenIssueGap, clock: time.clock)
    }

    /// The end of a permission to send, far enough for every repeat.
    var permit: ContinuousClock.Instant { time.clock.now() + .seconds(120) }

    static func token(_ access: String, _ refresh: String = "refresh-2") -> ScriptedLingXing.Reply {
        .json([
            "code": "200", "msg": "OK",
            "data": ["access_token": .string(access), "refresh_token": .string(refresh), "expires_in": 7199],
        ])
    }
}
