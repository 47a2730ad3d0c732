import Foundation
import JSON
import PartnerHTTP
import PartnerTestSupport
import Testing

@testable import LingXing

@Suite("One token for all")
struct TokenTests {
    private static let empty = ScriptedLingXing.Reply.json(["code": 0, "data": ["total": "0", "list": []]])

    private static func isToken(_ asked: ScriptedLingXing.Asked) -> Bool { asked.path.hasPrefix("/api/auth-server/") }

    private func list(_ fixture: ClientFixture) async throws(PartnerError) {
        _ = try await fixture.client.listOrders(numbers: ["PO-1"])
    }

    @Test("the first token is bought with the secret, which travels in a form, never in a URL")
    func first() async throws {
        let fixture = try ClientFixture(token: nil) { asked, _ in Self.isToken(asked) ? ClientFixture.token("fresh") : Self.empty
        }
        try await list(fixture)
        try await list(fixture)
        let requests = fixture.transport.requests
        #expect(
            requests.map(\.path) == [
                LingXingEndpoint.accessToken.path, LingXingEndpoint.listOrders.path, LingXingEndpoint.listOrders.path,
            ])
        #expect(requests[0].query.isEmpty && requests[0].body.contains("name=\"appSecret\"\r\n\r\n\(ClientFixture.secret)\r\n"))
        #expect(requests[1].query["access_token"] == "fresh" && requests[2].query["access_token"] == "fresh")
    }

    @Test("it is renewed 300 seconds early, with the refresh token")
    func early() async throws {
        let fixture = try ClientFixture { asked, _ in Self.isToken(asked) ? ClientFixture.token("token-2") : Self.empty }
        fixture.time.advance(by: .seconds(7199 - 301))
        try await list(fixture)
        #expect(fixture.transport.requests.last?.query["access_token"] == "token-1")
        fixture.time.advance(by: .seconds(2))
        try await list(fixture)
        #expect(fixture.transport.requests(.refreshToken).map { $0.body.contains("refresh-1") } == [true])
        #expect(fixture.transport.requests.last?.query["access_token"] == "token-2")
        #expect(await fixture.store.current()?.refreshToken == "refresh-2")
    }

    @Test("a refused token is renewed and the call repeated once, also a write", arguments: ["2001003", "2001005"])
    func refused(code: String) async throws {
        let fixture = try ClientFixture { asked, _ in
            if Self.isToken(asked) { return ClientFixture.token("token-2") }
            return asked.query["access_token"] == "token-1" ? .code(code) : .json(["code": 0, "data": ["success_num": 1]])
        }
        #expect(try await fixture.client.cancelOrders(["G"], permit: fixture.permit) == [.accepted])
        #expect(
            fixture.transport.requests.map(\.path) == [
                LingXingEndpoint.cancelOrders.path, LingXingEndpoint.refreshToken.path, LingXingEndpoint.cancelOrders.path,
            ])
    }

    @Test("a token that another worker renewed is read from the store, not renewed again")
    func renewedElsewhere() async throws {
        let fixture = try ClientFixture { asked, _ in asked.query["access_token"] == "token-1" ? .code("2001005") : Self.empty }
        let now = fixture.time.clock.date()
        // The other worker is first at the lock: this one finds its token there.
        let other = LingXingToken(
            accessToken: "theirs", refreshToken: "r", obtained: now, expires: now.addingTimeInterval(7199), issued: now)
        let blocked = RacingStore(stale: try #require(await fixture.store.current()), underLock: other)
        let racing = LingXingClient(
            settings: fixture.client.settings, tokens: blocked, gate: OpenGate(),
            transport: fixture.transport, clock: fixture.time.clock)
        _ = try await racing.listOrders(numbers: ["PO-1"])
        #expect(fixture.transport.requests.map { $0.query["access_token"] } == ["token-1", "theirs"])
    }

    @Test("a token is trusted for a second; one that was renewed meanwhile costs one refused call")
    func trust() async throws {
        let fixture = try ClientFixture { asked, number in
            asked.query["access_token"] == "token-1" && number >= 3 ? .code("2001005") : Self.empty
        }
        let now = fixture.time.clock.date()
        let store = CountingStore(try #require(await fixture.store.current()))
        let client = LingXingClient(
            settings: fixture.client.settings, tokens: store, gate: OpenGate(),
            transport: fixture.transport, clock: fixture.time.clock)
        for _ in 1...2 { _ = try await client.listOrders(numbers: ["PO-1"]) }
        #expect(await store.reads == 1)
        fixture.time.advance(by: .seconds(1))
        _ = try await client.listOrders(numbers: ["PO-1"])
        #expect(await store.reads == 2)
        await store.replace(
            LingXingToken(
                accessToken: "theirs", refreshToken: "r", obtained: now, expires: now.addingTimeInterval(7199), issued: now))
        _ = try await client.listOrders(numbers: ["PO-1"])
        #expect(
            fixture.transport.requests.map { $0.query["access_token"] } == ["token-1", "token-1", "token-1", "token-1", "theirs"])
    }

    @Test("of two reads side by side, the one that brings the older token does not replace the newer")
    func newestCounts() async throws {
        let fixture = try ClientFixture { _, _ in Self.empty }
        let old = try #require(await fixture.store.current()), now = fixture.time.clock.date()
        let new = LingXingToken(
            accessToken: "new", refreshToken: "r", obtained: now.addingTimeInterval(1), expires: now.addingTimeInterval(7199),
            issued: now)
        let store = HeldStore(first: old, then: new)
        let client = LingXingClient(
            settings: fixture.client.settings, tokens: store, gate: OpenGate(),
            transport: fixture.transport, clock: fixture.time.clock)
        async let slow = client.listOrders(numbers: ["PO-1"])
        await store.isHeld()
        _ = try await client.listOrders(numbers: ["PO-2"])
        await store.letGo()
        _ = try await slow
        _ = try await client.listOrders(numbers: ["PO-3"])
        #expect(fixture.transport.requests.map { $0.query["access_token"] } == ["new", "token-1", "new"])
    }

    @Test(
        "a spent, expired or lost refresh leads to the secret",
        arguments: [
            .code("2001008"), .code("2001009"), .lost, .text("<html>", status: 502),
        ] as [ScriptedLingXing.Reply])
    func refreshGone(reply: ScriptedLingXing.Reply) async throws {
        let fixture = try ClientFixture { asked, _ in
            switch asked.path {
            case LingXingEndpoint.refreshToken.path: reply
            case LingXingEndpoint.accessToken.path: ClientFixture.token("token-3")
            default: Self.empty
            }
        }
        fixture.time.advance(by: .seconds(7000))
        try await list(fixture)
        #expect(
            fixture.transport.requests.map(\.path) == [
                LingXingEndpoint.refreshToken.path, LingXingEndpoint.accessToken.path, LingXingEndpoint.listOrders.path,
            ])
        #expect(fixture.transport.requests.last?.query["access_token"] == "token-3")
    }

    @Test("a refresh that never arrived keeps its token")
    func refreshNotSent() async throws {
        let fixture = try ClientFixture { asked, _ in Self.isToken(asked) ? .notConnected : Self.empty }
        fixture.time.advance(by: .seconds(7000))
        let error = await #expect(throws: PartnerError.self) { try await list(fixture) }
        #expect(error?.kind == .unavailable && fixture.transport.requests(.accessToken).isEmpty)
        #expect(await fixture.store.current()?.refreshToken == "refresh-1")
    }

    @Test("an expired token is not refreshed: its refresh token died with it")
    func expired() async throws {
        let fixture = try ClientFixture { asked, _ in Self.isToken(asked) ? ClientFixture.token("token-4") : Self.empty }
        fixture.time.advance(by: .seconds(7300))
        try await list(fixture)
        #expect(fixture.transport.requests(.refreshToken).isEmpty && fixture.transport.requests(.accessToken).count == 1)
    }

    @Test("a token that is refused right after it was bought is not bought again at once")
    func contested() async throws {
        let fixture = try ClientFixture(token: nil) { asked, _ in
            switch asked.path {
            case LingXingEndpoint.refreshToken.path: .code("2001009")
            case LingXingEndpoint.accessToken.path: ClientFixture.token("mine")
            default: .code("2001005")
            }
        }
        let error = await #expect(throws: PartnerError.self) {
            try await fixture.client.cancelOrders(["G"], permit: fixture.permit)
        }
        #expect(error?.kind == .notExecuted && error?.code == "token_contested")
        #expect(error?.retryAfter.map { $0 > .seconds(50) } == true)
        #expect(fixture.transport.requests(.accessToken).count == 1)
    }

    @Test("a token refused twice in one call is given up, and nothing was executed")
    func refusedTwice() async throws {
        let fixture = try ClientFixture { asked, count in
            Self.isToken(asked) ? ClientFixture.token("token-\(count)") : .code("2001003")
        }
        let error = await #expect(throws: PartnerError.self) {
            try await fixture.client.cancelOrders(["G"], permit: fixture.permit)
        }
        #expect(error?.kind == .notExecuted && error?.code == "2001003")
    }

    @Test("an old sign is signed anew without touching the token")
    func signExpired() async throws {
        let fixture = try ClientFixture { _, count in count == 0 ? .code("2001007") : Self.empty }
        try await list(fixture)
        #expect(fixture.transport.requests.map(\.path) == [LingXingEndpoint.listOrders.path, LingXingEndpoint.listOrders.path])
    }

    @Test("wrong credentials are told as such and stop everything", arguments: ["2001001", "2001002", "0001001", "3001002"])
    func credentials(code: String) async throws {
        let fixture = try ClientFixture(token: nil) { _, _ in .code(code) }
        let error = await #expect(throws: PartnerError.self) { try await list(fixture) }
        #expect(error?.kind == .credentials && error?.code == code)
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("many callers, one renewal")
    func singleFlight() async throws {
        let fixture = try ClientFixture(token: nil) { asked, _ in Self.isToken(asked) ? ClientFixture.token("fresh") : Self.empty
        }
        let client = fixture.client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await client.listOrders(numbers: ["PO-1"]) } }
            try await group.waitForAll()
        }
        #expect(fixture.transport.requests(.accessToken).count == 1)
        #expect(fixture.transport.requests(.listOrders).count == 20)
    }

    @Test("tokens do not show themselves")
    func secrecy() {
        let token = LingXingToken(accessToken: "AAA", refreshToken: "RRR", obtained: .now, expires: .now, issued: .now)
        #expect(!"\(token) \(String(reflecting: token))".contains("AAA") && !"\(token)".contains("RRR"))
    }
}

/// Counts how often it is read.
private actor CountingStore: LingXingTokenStore {
    private var token: LingXingToken
    private(set) var reads = 0

    init(_ token: LingXingToken) { self.token = token }

    func current() -> LingXingToken? {
        reads += 1
        return token
    }

    func replace(_ token: LingXingToken) { self.token = token }

    func renew(_ renewal: @Sendable (LingXingToken?) async throws -> LingXingToken) async throws -> LingXingToken {
        try await renewal(token)
    }
}

/// Its first read takes until it is let go.
private actor HeldStore: LingXingTokenStore {
    private let first: LingXingToken
    private let then: LingXingToken
    private var reads = 0
    private var reader: CheckedContinuation<Void, Never>?
    private var watcher: CheckedContinuation<Void, Never>?

    init(first: LingXingToken, then: LingXingToken) {
        self.first = first
        self.then = then
    }

    func current() async -> LingXingToken? {
        reads += 1
        guard reads == 1 else { return then }
        await withCheckedContinuation { continuation in
            reader = continuation
            watcher?.resume()
        }
        return first
    }

    /// Returns when the first read is under way.
    func isHeld() async {
        if reader == nil { await withCheckedContinuation { watcher = $0 } }
    }

    func letGo() { reader?.resume() }

    func renew(_ renewal: @Sendable (LingXingToken?) async throws -> LingXingToken) async throws -> LingXingToken {
        try await renewal(then)
    }
}

/// Shows a stale token until the lock is taken.
private struct RacingStore: LingXingTokenStore {
    let stale: LingXingToken
    let underLock: LingXingToken

    func current() -> LingXingToken? { stale }

    func renew(_ renewal: @Sendable (LingXingToken?) async throws -> LingXingToken) async throws -> LingXingToken {
        try await renewal(underLock)
    }
}
