import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@testable import Sandbox

/// A sandbox on a port of its own, and the calls that a well-behaved client makes.
struct RunningSandbox {
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        /// The JSON body; null when it is none.
        var json: Wire { (try? Wire(body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    let sandbox: Sandbox
    let clock: ManualClock
    let base: String
    let configuration: SandboxConfiguration

    var effects: EffectLedger.Counts { sandbox.effects.counts }

    func send(_ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil) async throws -> Answer
    {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 256 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
    }

    static func query(_ items: [(String, String)]) -> String {
        items.isEmpty ? "" : "?" + items.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let plain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            return plain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    // MARK: DSCO

    func dscoToken() async throws -> String {
        let form =
            "grant_type=client_credentials&client_id=\(configuration.dsco.clientID)"
            + "&client_secret=\(configuration.dsco.clientSecret)"
        let answer = try await send(
            .POST, "/dsco/api/v3/oauth2/token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(form.utf8))
        return try #require(answer.json["access_token"]?.text)
    }

    func dsco(_ method: HTTPMethod, _ path: String, _ query: [(String, String)] = [], _ body: Wire? = nil, token: String? = nil)
        async throws -> Answer
    {
        let token = token ?? configuration.dsco.staticToken ?? ""
        return try await send(
            method, "/dsco/api/v3\(path)\(Self.query(query))",
            headers: [
                ("Authorization", "bearer \(token)"), ("Accept", "application/json"), ("Content-Type", "application/json"),
            ],
            body: body?.bytes)
    }

    /// Posts a batch, lets the log delay pass and returns its log rows.
    func settled(_ path: String, _ rows: [Wire], log: String, query: [(String, String)] = []) async throws -> [Wire] {
        let answer = try await dsco(.POST, path, query, .array(rows))
        #expect(answer.status == 202, "\(answer.text)")
        let request = try #require(answer.json["requestId"]?.text)
        clock.advance(configuration.dsco.logDelay + 1)
        let shown = try await dsco(.GET, log, [("requestId", request)])
        #expect(shown.json["status"] == "COMPLETED")
        return shown.json["logs"]?.elements ?? []
    }

    /// `settled` for a batch whose log may fill several pages.
    func settledAll(_ path: String, _ rows: [Wire], log: String) async throws -> [Wire] {
        let answer = try await dsco(.POST, path, [], .array(rows))
        let request = try #require(answer.json["requestId"]?.text, "\(answer.text)")
        clock.advance(configuration.dsco.logDelay + 1)
        var page = try await dsco(.GET, log, [("requestId", request)]).json
        var shown = page["logs"]?.elements ?? []
        while let scroll = page["scrollId"]?.text {
            page = try await dsco(.GET, log, [("scrollId", scroll)]).json
            shown += page["logs"]?.elements ?? []
        }
        #expect(shown.count == rows.count)
        return shown
    }

    /// All orders of a sweep, page by page.
    func sweep(_ since: String = "ordersUpdatedSince", perPage: Int = 1000) async throws -> [Wire] {
        clock.advance(10)
        let iso = ISO8601DateFormatter()
        var page = try await dsco(
            .GET, "/order/page",
            [
                (since, iso.string(from: clock.now - 86400)), ("until", iso.string(from: clock.now - 5)),
                ("ordersPerPage", String(perPage)),
            ])
        var orders: [Wire] = []
        while let elements = page.json["orders"]?.elements, !elements.isEmpty {
            orders += elements
            page = try await dsco(.GET, "/order/page", [("scrollId", page.json["scrollId"]?.text ?? "")])
        }
        #expect(page.status == 200)
        return orders
    }

    // MARK: LingXing

    func lingXingToken() async throws -> String {
        try #require(
            try await tokenCall(
                "access-token", [("appId", configuration.lingXing.appID), ("appSecret", configuration.lingXing.appSecret)])[
                    "data"]?["access_token"]?.text)
    }

    func tokenCall(_ name: String, _ fields: [(String, String)]) async throws -> Wire {
        let boundary = "sandbox-boundary"
        let body =
            fields.map { "--\(boundary)\r\nContent-Disposition: form-data; name=\"\($0.0)\"\r\n\r\n\($0.1)\r\n" }.joined()
            + "--\(boundary)--\r\n"
        return try await send(
            .POST, "/lingxing/api/auth-server/oauth/\(name)",
            headers: [("Content-Type", "multipart/form-data; boundary=\(boundary)")],
            body: Array(body.utf8)
        ).json
    }

    func lingXing(
        _ path: String, _ body: Wire, token: String, timestamp: Int? = nil, sign: String? = nil, sent: [UInt8]? = nil,
        extra: [(String, String)] = []
    ) async throws -> Answer {
        let app = configuration.lingXing.appID
        let time = String(timestamp ?? Int(clock.now.timeIntervalSince1970))
        let common: [(name: String, value: Wire)] = [
            ("access_token", .string(token)), ("app_key", .string(app)), ("timestamp", .string(time)),
        ]
        let canonical = LingXingSign.canonical((body.members ?? []).map { ($0.name, $0.value) } + common)
        let sign = sign ?? LingXingSign.sign(canonical, appID: app) ?? ""
        let query = Self.query([("access_token", token), ("app_key", app), ("timestamp", time), ("sign", sign)] + extra)
        return try await send(
            .POST, "/lingxing\(path)\(query)", headers: [("Content-Type", "application/json")], body: sent ?? body.bytes)
    }

    // MARK: Orders

    /// Creates one order of each scenario.
    func orders(_ scenarios: Scenario...) async -> [(po: String, id: String)] {
        var made: [(po: String, id: String)] = []
        for request in OrderRequest.each(scenarios) {
            made += await sandbox.createOrders(request).map { ($0.po, $0.id) }
        }
        return made
    }

    func order(_ id: String) async throws -> Wire {
        clock.advance(1)
        return try await dsco(.GET, "/order/", [("orderKey", "dscoOrderId"), ("value", id)]).json
    }

    /// The create request of a DSCO order, as the product would send it.
    func createBody(_ order: Wire, _ change: (inout [String: Wire]) -> Void = { _ in }) -> Wire {
        let items: [Wire] = (order["lineItems"]?.elements ?? []).map { line in
            [
                "msku": line["partnerSku"] ?? line["sku"] ?? "", "quantity": line["quantity"] ?? 1, "unit_price": "10.00",
            ]
        }
        var members: [String: Wire] = [
            "platform_order_no": order["poNumber"] ?? "", "receiver_name": "Jane Example", "receiver_country_code": "US",
            "city": "Albany",
            "address_line1": "1 Example St", "items": .array(items), "wid": "33329", "logistics_type_id": "203662740883276810",
        ]
        change(&members)
        let store = sandbox.documents.world.retailers.first { $0.id == order["dscoRetailerId"]?.text }?.storeID ?? ""
        return [
            "orders": [.object(members.sorted { $0.key < $1.key }.map { Wire.Member($0.key, $0.value) })], "platform_code": 10009,
            "store_id": .string(store),
        ]
    }

    /// A shipment of all units of an order.
    func shipment(_ order: Wire, tracking: String, _ change: (inout [String: Wire]) -> Void = { _ in }) -> Wire {
        let items: [Wire] = (order["lineItems"]?.elements ?? []).map { line in
            .compact([
                ("lineNumber", line["lineNumber"]), ("sku", line["sku"]), ("dscoItemId", line["dscoItemId"]),
                ("quantity", line["quantity"]),
            ])
        }
        var members: [String: Wire] = [
            "trackingNumber": .string(tracking), "shipCarrier": "FedEx", "shipMethod": "Home Delivery",
            "shippingServiceLevelCode": "FEHD",
            "shipDate": .string(ISO8601DateFormatter().string(from: clock.now)), "lineItems": .array(items),
        ]
        change(&members)
        return [
            "dscoOrderId": order["dscoOrderId"] ?? "", "poNumber": order["poNumber"] ?? "",
            "shipments": [.object(members.map { Wire.Member($0.key, $0.value) })],
        ]
    }

    /// An invoice of all units of an order at 10.00 each.
    func invoice(_ order: Wire, id: String, _ change: (inout [String: Wire]) -> Void = { _ in }) -> Wire {
        let lines = order["lineItems"]?.elements ?? []
        let units = lines.reduce(0) { $0 + ($1["quantity"]?.integer ?? 0) }
        var members: [String: Wire] = [
            "invoiceId": .string(id), "dscoOrderId": order["dscoOrderId"] ?? "", "poNumber": order["poNumber"] ?? "",
            "totalAmount": .number("\(units * 10).00"), "invoiceDate": .string(ISO8601DateFormatter().string(from: clock.now)),
            "lineItems": .array(
                lines.map { line in
                    .compact([
                        ("lineNumber", line["lineNumber"]), ("sku", line["sku"]), ("quantity", line["quantity"]),
                        ("unitPrice", .number("10.00")),
                    ])
                }),
        ]
        change(&members)
        return .object(members.map { Wire.Member($0.key, $0.value) })
    }

    func acknowledge(_ po: String) async throws {
        let rows = try await settled("/order/acknowledge", [["id": .string(po), "type": "PO_NUMBER"]], log: "/order/log")
        #expect(rows.first?["status"] == "success")
    }
}

/// Runs `body` against a fresh sandbox whose time stands still.
func withSandbox(
    _ configure: (inout SandboxConfiguration) -> Void = { _ in }, clock: ManualClock = ManualClock(),
    _ body: @escaping @Sendable (RunningSandbox) async throws -> Void
) async throws {
    var configuration = SandboxConfiguration()
    configure(&configuration)
    var logger = Logger(label: "sandbox")
    logger.logLevel = .error
    let sandbox = Sandbox(configuration: configuration, clock: clock.clock, logger: logger)
    let group = ServiceGroup(configuration: .init(services: [sandbox], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let port = try #require(await sandbox.port)
        let running = RunningSandbox(
            sandbox: sandbox, clock: clock, base: "http://127.0.0.1:\(port)", configuration: configuration)
        do {
            try await body(running)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}
