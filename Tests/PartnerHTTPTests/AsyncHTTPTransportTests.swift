import AsyncHTTPClient
import NIOCore
import NIOPosix
import PartnerHTTP
import Testing

@Suite("The HTTP transport, over real connections")
struct AsyncHTTPTransportTests {
    private static func withTransport<Result>(
        largestAnswer: Int = 1 << 20, _ body: (AsyncHTTPTransport) async throws -> Result
    ) async throws -> Result {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: AsyncHTTPTransport.configuration())
        do {
            let result = try await body(AsyncHTTPTransport(.dsco, client: client, largestAnswer: largestAnswer))
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static func request(port: Int, isRead: Bool, timeout: Duration = .seconds(20)) -> PartnerRequest {
        PartnerRequest(
            method: isRead ? "GET" : "POST", url: "http://127.0.0.1:\(port)/order?secret=S3CRET",
            body: isRead ? nil : Array("{}".utf8),
            deadline: .now + timeout, isRead: isRead)
    }

    private static func failure(
        _ conduct: CutoffServer.Conduct, isRead: Bool, timeout: Duration = .seconds(20), largestAnswer: Int = 1 << 20
    ) async throws -> PartnerError {
        try await CutoffServer.run(conduct) { server in
            try await withTransport(largestAnswer: largestAnswer) { transport in
                try await #require(throws: PartnerError.self) {
                    try await transport.send(request(port: server.port, isRead: isRead, timeout: timeout))
                }
            }
        }
    }

    @Test("brings back status, headers and body")
    func answer() async throws {
        let text = "HTTP/1.1 202 Accepted\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello"
        let response = try await CutoffServer.run(.send(text)) { server in
            try await Self.withTransport { try await $0.send(Self.request(port: server.port, isRead: false)) }
        }
        #expect(response.status == 202)
        #expect(response.header("x-one") == "1")
        #expect(response.body == Array("hello".utf8))
    }

    @Test("follows no redirect")
    func redirect() async throws {
        let text = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        let response = try await CutoffServer.run(.send(text)) { server in
            try await Self.withTransport { try await $0.send(Self.request(port: server.port, isRead: true)) }
        }
        #expect(response.status == 307)
    }

    @Test(
        "proves that nothing was sent when the port refuses",
        arguments: [(true, PartnerError.Kind.unavailable), (false, .notExecuted)])
    func refusedPort(_ isRead: Bool, _ kind: PartnerError.Kind) async throws {
        let free = try await CutoffServer.run(.silent) { $0.port }
        let start = ContinuousClock.now
        let error = try await Self.withTransport { transport in
            try await #require(throws: PartnerError.self) { try await transport.send(Self.request(port: free, isRead: isRead)) }
        }
        #expect(error.kind == kind)
        #expect(error.code == PartnerError.Code.notConnected)
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(error.call == (isRead ? "GET /order" : "POST /order"))
        #expect(!String(reflecting: error).contains("S3CRET"))
    }

    @Test(
        "leaves a write in doubt, and a read to be made again, when the connection breaks",
        arguments: [
            CutoffServer.Conduct.cut, .sendAndCut("HTTP/1.1 202 Acc"),
            .sendAndCut("HTTP/1.1 202 Accepted\r\nContent-Length: 50\r\n\r\nhal"),
            .sendAndCut("garbage\r\n\r\n"),
        ])
    func broken(_ conduct: CutoffServer.Conduct) async throws {
        #expect(try await Self.failure(conduct, isRead: false).kind == .unknownOutcome)
        #expect(try await Self.failure(conduct, isRead: true).kind == .unavailable)
    }

    @Test(
        "ends at its deadline, in the head and in the body",
        arguments: [CutoffServer.Conduct.silent, .send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhal")])
    func deadline(_ conduct: CutoffServer.Conduct) async throws {
        let write = try await Self.failure(conduct, isRead: false, timeout: .milliseconds(200))
        #expect((write.kind, write.code) == (.unknownOutcome, PartnerError.Code.timedOut))
        let read = try await Self.failure(conduct, isRead: true, timeout: .milliseconds(200))
        #expect((read.kind, read.code) == (.unavailable, PartnerError.Code.timedOut))
    }

    @Test("takes no answer beyond its size")
    func tooLarge() async throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + String(repeating: "x", count: 1000)
        #expect(try await Self.failure(.send(text), isRead: true, largestAnswer: 999).kind == .malformedAnswer)
        #expect(try await Self.failure(.send(text), isRead: false, largestAnswer: 999).kind == .unknownOutcome)
    }

    @Test("ends when its task is cancelled")
    func cancelled() async throws {
        try await CutoffServer.run(.silent) { server in
            try await Self.withTransport { transport in
                await withTaskGroup(of: PartnerError?.self) { group in
                    group.addTask {
                        do throws(PartnerError) {
                            _ = try await transport.send(Self.request(port: server.port, isRead: false))
                            return nil
                        } catch { return error }
                    }
                    group.cancelAll()
                    let error = await group.next() ?? nil
                    #expect(error?.code == PartnerError.Code.cancelled)
                }
            }
        }
    }
}
