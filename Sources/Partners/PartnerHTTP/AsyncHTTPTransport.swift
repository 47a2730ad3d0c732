package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// The transport of production: async-http-client, one request, no redirects, no hidden repeats.
package struct AsyncHTTPTransport: HTTPTransport {
    private let partner: Partner
    private let client: HTTPClient
    private let largestAnswer: Int

    /// - Parameters:
    ///   - client: made with `configuration`; its owner shuts it down.
    ///   - largestAnswer: bytes; a longer answer is an error.
    package init(_ partner: Partner, client: HTTPClient, largestAnswer: Int = 64 << 20) {
        self.partner = partner
        self.client = client
        self.largestAnswer = largestAnswer
    }

    /// The client settings the error table relies on.
    package static func configuration(connectTimeout: Duration = .seconds(5)) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,  // a redirect would carry the token, or repeat a write, somewhere else
            timeout: .init(connect: TimeAmount(connectTimeout)),
            decompression: .enabled(limit: .size(256 << 20)))
        configuration.httpVersion = .http1Only
        // A pooled connection is dropped before the partner's gateway drops it: a write on a dead one would be left in doubt.
        configuration.connectionPool.idleTimeout = .seconds(15)
        // A refused connection is told at once, so that it can be proven that nothing was sent.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    package func send(_ request: PartnerRequest) async throws(PartnerError) -> PartnerResponse {
        do {
            return try await withThrowingTaskGroup(of: PartnerResponse.self) { group in
                group.addTask { try await exchange(request) }
                group.addTask {
                    // The client's own deadline ends with the head of the answer; this one covers the body too.
                    try await ContinuousClock().sleep(until: request.deadline)
                    throw HTTPClientError.deadlineExceeded
                }
                defer { group.cancelAll() }
                guard let response = try await group.next() else { throw CancellationError() }
                return response
            }
        } catch {
            throw TransportFailure(error, isCancelled: Task.isCancelled).error(partner, request)
        }
    }

    private func exchange(_ request: PartnerRequest) async throws -> PartnerResponse {
        var wire = HTTPClientRequest(url: request.url)
        wire.method = HTTPMethod(rawValue: request.method)
        wire.headers = HTTPHeaders(request.headers)
        wire.headers.replaceOrAdd(name: "Accept-Encoding", value: "gzip")
        if let body = request.body { wire.body = .bytes(ByteBuffer(bytes: body)) }
        let remaining = max(.zero, request.deadline - ContinuousClock.now)
        let response = try await client.execute(wire, deadline: .now() + TimeAmount(remaining))
        let body = try await response.body.collect(upTo: largestAnswer)
        try Task.checkCancellation()  // a cancelled body ends early, it does not throw
        return PartnerResponse(
            status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
            body: Array(body.readableBytesView))
    }
}
