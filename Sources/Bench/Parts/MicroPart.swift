import AsyncHTTPClient
import DSCO
import Domain
import FoundationEssentials
import JSON
import LingXing
import NIOCore
import NIOHTTP1
import Rehearsal
import Sandbox

/// Small things that happen for every order or call, in this process.
struct MicroPart: Sendable {
    let venue: Venue

    private static let orders = 1000
    private static let rounds = 15

    func figures() async throws -> [Figure] {
        try await Rig.with("micro", RigSettings.withoutLimits(), venue) { rig in
            let page = try await page(rig)
            let configuration = try RuntimeConfiguration.parse(rig.sandbox.documents.runtimeConfiguration().bytes)
            return try [signing(), decoding(page), planning(page, configuration)]
        }
    }

    /// A page as DSCO sends it.
    private func page(_ rig: Rig) async throws -> [UInt8] {
        _ = await rig.sandbox.createOrders(OrderRequest(count: Self.orders, seed: 3, mix: [], age: 60))
        let since = Date().addingTimeInterval(-3600).formatted(.iso8601)
        let until = Date().addingTimeInterval(-20).formatted(.iso8601)
        var request = HTTPClientRequest(
            url:
                "\(rig.partnersURL)/dsco/api/v3/order/page?ordersCreatedSince=\(since)&until=\(until)&ordersPerPage=\(Self.orders)"
        )
        request.headers.add(name: "authorization", value: "Bearer sandbox-static-token")
        request.headers.add(name: "accept", value: "application/json")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 64 << 20)
        guard response.status == .ok else {
            throw RehearsalError("DSCO's page answered \(response.status.code): \(String(buffer: body))")
        }
        return Array(body.readableBytesView)
    }

    private func signing() throws -> Figure {
        let signer = RequestSigner(appID: "ak_SANDBOX000001")
        let numbers = (1...200).map { JSON.string("PO-\(100_000 + $0)") }
        let members: JSONObject = [
            "offset": 0, "length": 500, "platform_code": [10009], "platform_order_nos": .array(numbers), "include_delete": true,
        ]
        let calls = 100
        let milliseconds = try Self.least {
            for _ in 0..<calls { _ = try signer.sign(members, accessToken: "token", timestamp: 1_700_000_000) }
        }
        return Figure(
            .micro, "signing a LingXing call", milliseconds / Double(calls) * 1000, "us", note: "of 200 order numbers")
    }

    private func decoding(_ page: [UInt8]) throws -> Figure {
        let milliseconds = try Self.least {
            guard try Self.decoded(page).count == Self.orders else {
                throw RehearsalError("the page holds another number of orders")
            }
        }
        return Figure(
            .micro, "decoding a page of 1,000 orders", milliseconds, "ms",
            note: "\((Double(page.count) / 1e6).readable) MB, \((Double(page.count) / 1e3 / milliseconds).readable) MB/s")
    }

    private func planning(_ page: [UInt8], _ configuration: RuntimeConfiguration) throws -> Figure {
        let now = Date()
        let records = try Self.decoded(page).map { OrderRecord(order: $0, status: .pulled, statusSince: now) }
        let milliseconds = try Self.least {
            let sent = records.count { record in
                let decided = PushDecision.decide(record: record, listed: [], configuration: configuration)
                guard case .send = decided.decision else { return false }
                return true
            }
            guard sent == Self.orders else { throw RehearsalError("only \(sent) orders would be sent") }
        }
        return Figure(.micro, "planning push for an order", milliseconds, "us", note: "mean of 1,000")
    }

    private static func decoded(_ page: [UInt8]) throws -> [Order] {
        try JSON.slices(of: page, member: "orders").elements.map { try ReceivedOrder(raw: $0).decoded().get() }
    }

    /// The least time of several rounds, in milliseconds.
    private static func least(_ body: () throws -> Void) rethrows -> Double {
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            try body()
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        return Samples(times).least
    }
}
