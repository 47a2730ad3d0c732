import DSCO
import Foundation
import PartnerHTTP
import PartnerTestSupport
import Testing

@Suite("The DSCO token")
struct TokenTests {
    private static let window = OrderWindow(
        .created, since: Date(timeIntervalSince1970: 0), until: Date(timeIntervalSince1970: 60))

    private static func token(_ text: String, life: Int = 3600) -> String {
        #"{"access_token":"\#(text)","token_type":"Bearer","expires_in":\#(life)}"#
    }

    /// A DSCO that gives out T1, T2, … and answers everything else with an empty page.
    private func fixture(refusing refused: Set<String> = []) -> Fixture {
        let count = Counter()
        return Fixture(
            [],
            otherwise: { request throws(PartnerError) in
                if request.url.hasSuffix("/oauth2/token") {
                    return PartnerResponse(status: 200, body: Array(Self.token("T\(count.next())").utf8))
                }
                let token = String(request.headers.first { $0.0 == "Authorization" }?.1.dropFirst(7) ?? "")
                return refused.contains(token)
                    ? PartnerResponse(status: 401) : PartnerResponse(status: 200, body: Array(#"{"orders":[]}"#.utf8))
            }, credentials: .client(id: "ID", secret: "SECRET"))
    }

    private func tokenCalls(_ fixture: Fixture) -> Int { fixture.transport.sent.count { $0.url.hasSuffix("/oauth2/token") } }

    @Test("is fetched once and used until 300 seconds before its end")
    func renewal() async throws {
        let fixture = fixture()
        _ = try await fixture.client.orders(in: Self.window)
        fixture.time.advance(by: .seconds(3299))
        _ = try await fixture.client.orders(in: Self.window)
        #expect(tokenCalls(fixture) == 1)
        fixture.time.advance(by: .seconds(2))
        _ = try await fixture.client.orders(in: Self.window)
        #expect(tokenCalls(fixture) == 2)
    }

    @Test("is fetched by one caller for all")
    func singleFlight() async throws {
        let fixture = fixture()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await fixture.client.orders(in: Self.window) } }
            try await group.waitForAll()
        }
        #expect(tokenCalls(fixture) == 1)
    }

    @Test("that is refused is renewed once and the call made again, without a pause")
    func refusedOnce() async throws {
        let fixture = fixture(refusing: ["T1"])
        _ = try await fixture.client.orders(in: Self.window)
        #expect(tokenCalls(fixture) == 2)
        #expect(fixture.time.slept.isEmpty)
    }

    @Test("that is refused twice needs a person")
    func refusedTwice() async throws {
        let fixture = fixture(refusing: ["T1", "T2", "T3"])
        let error = try await #require(throws: PartnerError.self) { try await fixture.client.orders(in: Self.window) }
        #expect(error.kind == .credentials)
        #expect(tokenCalls(fixture) == 2)
    }

    @Test("that is static is never renewed")
    func staticToken() async throws {
        let fixture = Fixture([ScriptedTransport.answer(401)])
        let error = try await #require(throws: PartnerError.self) { try await fixture.client.orders(in: Self.window) }
        #expect(error.kind == .credentials)
        #expect(fixture.transport.sent.count == 1)
        #expect(fixture.transport.sent[0].headers.contains { $0 == ("Authorization", "bearer STATIC") })
    }

    @Test("that cannot be fetched leaves a write proven unsent")
    func outageOfTheTokenCall() async throws {
        let fixture = Fixture(
            [], otherwise: ScriptedTransport.answer(503), credentials: .client(id: "ID", secret: "SECRET"), attempts: 1)
        let error = try await #require(throws: PartnerError.self) {
            try await fixture.client.invoiceAtOnce(Effects.invoices[0], deadline: fixture.soon)
        }
        #expect(error.kind == .notExecuted)
        #expect(fixture.transport.sent.allSatisfy { $0.url.hasSuffix("/oauth2/token") })
    }

    @Test("and the secret are shown nowhere")
    func secrecy() async throws {
        let credentials = DSCOCredentials.client(id: "the-id", secret: "the-secret")
        let settings = DSCOSettings(credentials: credentials)
        var dumped = "\(credentials) \(String(reflecting: credentials)) \(settings)"
        dump(settings, to: &dumped)
        #expect(!dumped.contains("the-secret") && !dumped.contains("the-id"))

        let fixture = Fixture(
            [
                ScriptedTransport.answer(
                    401, #"{"error":"invalid_client","error_description":"client_secret=the-secret is wrong"}"#)
            ],
            credentials: credentials)
        let error = try await #require(throws: PartnerError.self) { try await fixture.client.orders(in: Self.window) }
        #expect(!String(reflecting: error).contains("the-secret"))
    }
}
