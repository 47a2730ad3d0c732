import AsyncHTTPClient
import DSCO
import Foundation
import Hummingbird
import Logging
import PartnerHTTP
import PartnerTestSupport
import Testing

/// The whole way: client, HTTP, a server that speaks a little DSCO.
@Suite("DSCO over HTTP")
struct OverHTTPTests {
    @Test("token, a page of orders, a shipment and its log row")
    func journey() async throws {
        try await Self.withServer { client in
            let window = OrderWindow(.updated, since: Date(utc: "2026-01-01T00:00:00Z"), until: Date(utc: "2026-01-02T00:00:00Z"))
            let page = try await client.orders(in: window)
            #expect(page.orders.count == 2)
            let receipt = try await client.ship(ShipmentBody.batches(Effects.shipments)[0], deadline: .now + .seconds(20))
            let log = try await client.changes(in: .orders, .request(id: receipt.requestID))
            #expect(log.progress == .completed)
            #expect(log.rows.map(\.status) == [.success, .failure])
        }
    }

    @Test("a path the gateway does not know is our bug, with its name")
    func gateway() async throws {
        try await Self.withServer { client in
            let error = try await #require(throws: PartnerError.self) { try await client.stock(sku: "A") }
            #expect(error.kind == .bug)
            #expect(error.call == "GET /inventory")
        }
    }

    private static func withServer(_ body: @escaping @Sendable (DSCOClient) async throws -> Void) async throws {
        let router = Router()
        router.post("/api/v3/oauth2/token") { request, _ in
            let form = String(buffer: try await request.body.collect(upTo: 10_000))
            guard form == "grant_type=client_credentials&client_id=a%26b&client_secret=c%3Dd" else {
                throw HTTPError(.unauthorized)
            }
            return reply(.ok, "oauth2_token.response.200.json")
        }
        let known = router.group("/api/v3")
        known.get("order/page") { request, _ in
            try identify(request)
            return reply(.ok, "order_page.response.200.json")
        }
        known.post("order/shipment/batch/small") { request, _ in
            try identify(request)
            let sent = try await request.body.collect(upTo: 1_000_000)
            guard sent.readableBytes > 100 else { throw HTTPError(.badRequest) }
            return reply(.accepted, "order_shipment_batch_small.response.202.json")
        }
        known.get("order/log") { request, _ in
            try identify(request)
            guard request.uri.queryParameters["requestId"] == "0f5c1d3e-7a2b-4c6d-9e8f-000000000008" else {
                throw HTTPError(.badRequest)
            }
            return reply(.ok, "order_log.response.200.shipment.json")
        }
        known.get("inventory") { _, _ in reply(.forbidden, "gateway_unknown_path.response.403.json") }

        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let bound = await ports.first { _ in true } ?? 0
            let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: AsyncHTTPTransport.configuration())
            let client = DSCOClient(
                DSCOSettings(baseURL: "http://127.0.0.1:\(bound)/api/v3", credentials: .client(id: "a&b", secret: "c=d")),
                caller: PartnerCaller(.dsco, transport: AsyncHTTPTransport(.dsco, client: http), backoff: .never),
                limiter: UnlimitedCalls())
            let result = await Result { try await body(client) }
            try await http.shutdown()
            group.cancelAll()
            try result.get()
        }
    }

    private static func reply(_ status: HTTPResponse.Status, _ file: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Example.bytes(file))))
    }

    private static func identify(_ request: Request) throws {
        guard request.headers[.authorization] == "bearer EXAMPLE_ACCESS_TOKEN", request.headers[.accept] == "application/json"
        else {
            throw HTTPError(.unauthorized)
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
