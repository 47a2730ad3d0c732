import DSCO
import Domain
import Foundation
import JSON
import LingXing
import PartnerHTTP
import PartnerTestSupport
import Testing

/// Answers to writes: an order counts as done only when the answer names it.
@Suite("Mangled answers of a partner")
struct HostileAnswerTests {
    private static let time = ManualClock()

    private static func lingXing(_ body: [UInt8], status: Int = 200) throws -> LingXingClient {
        let reply: ScriptedTransport.Reply = { _ throws(PartnerError) in PartnerResponse(status: status, body: body) }
        let now = time.clock.date()
        let token = LingXingToken(
            accessToken: "t", refreshToken: "r", obtained: now, expires: now.addingTimeInterval(7_000), issued: now)
        let settings = LingXingSettings(
            baseURL: "https://lingxing.example", credentials: try LingXingCredentials(appID: "ak_EXAMPLE0APPID", appSecret: "s"),
            timeZone: try #require(TimeZone(identifier: "Asia/Shanghai")))
        return LingXingClient(
            settings: settings, tokens: InMemoryTokenStore(token), gate: OpenGate(),
            transport: ScriptedTransport(otherwise: reply), tokenIssueGap: .seconds(60), clock: time.clock)
    }

    private static func dsco(_ body: [UInt8], status: Int) -> DSCOClient {
        let reply: ScriptedTransport.Reply = { _ throws(PartnerError) in PartnerResponse(status: status, body: body) }
        let caller = PartnerCaller(.dsco, transport: ScriptedTransport(otherwise: reply), backoff: .never, clock: time.clock)
        return DSCOClient(
            DSCOSettings(baseURL: "https://dsco.example/api/v3", credentials: .token("T"), timeout: .seconds(30)), caller: caller,
            limiter: UnlimitedCalls())
    }

    private static let created: JSON = [
        "code": 0, "message": "success", "request_id": "R",
        "data": [
            "success_details": [
                ["platform_order_no": "PO-1", "global_order_no": "103601"],
                ["platform_order_no": "PO-2", "global_order_no": "103602"],
            ],
            "error_details": [["platform_order_no": "PO-3", "error_message": "店铺不存在"]],
        ],
    ]

    private static let orders = ["PO-1", "PO-2", "PO-3", "PO-4"].map { number in
        NewLingXingOrder(
            storeID: Samples.store, platformOrderNo: number, receiverName: "x", countryCode: "US", city: "x", addressLine1: "x",
            items: [.init(msku: "A", quantity: 1, unitPrice: 1)])
    }

    @Test("LingXing: an order is created only under a number that its answer gives it", arguments: Seeds.chunks)
    func creation(_ chunk: Int) async throws {
        var confirmed = 0
        for seed in Seeds.of(chunk, 60) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let body = mutator.text(of: Self.created)
            let client = try Self.lingXing(body)
            let permit = Self.time.now + .seconds(120)
            do throws(PartnerError) {
                let results = try await client.createOrders(storeID: Samples.store, Self.orders, permit: permit)
                check(results.count == Self.orders.count, "seed \(seed)")
                let rows = (try? JSON.parse(body))?["data"]?["success_details"]?.array ?? []
                for (order, result) in zip(Self.orders, results) {
                    guard case .created(let number) = result else { continue }
                    confirmed += 1
                    let isNamed = rows.contains { row in
                        row["platform_order_no"]?.text == order.platformOrderNo
                            && row["global_order_no"]?.text?.contains(number) == true
                    }
                    check(isNamed, "seed \(seed), \(order.platformOrderNo): \(shown(body))")
                    check(order.platformOrderNo != "PO-4", "seed \(seed): \(shown(body))")
                }
            } catch {
                check(error.description.utf8.count < 400, "seed \(seed): \(error)")
                let isReadable = (try? JSON.parse(body))?["code"]?.text != nil
                check(isReadable || error.kind == .unknownOutcome, "seed \(seed), \(error.kind): \(shown(body))")
            }
        }
        #expect(confirmed > 20)
    }

    @Test(
        "LingXing: garbage in answer to a write is in doubt",
        arguments: ["", "<html>502</html>", "\0", "[]", "{}", "\"ok\"", "null", "{\"code\":{}}"])
    func garbage(_ text: String) async throws {
        let client = try Self.lingXing(Array(text.utf8))
        let error = await #expect(throws: PartnerError.self) {
            try await client.createOrders(storeID: Samples.store, Self.orders, permit: Self.time.now + .seconds(120))
        }
        #expect(error?.kind == .unknownOutcome)
    }

    @Test("DSCO: a batch is queued only under a request id; anything else is in doubt", arguments: Seeds.chunks)
    func receipts(_ chunk: Int) async {
        let answer: JSON = ["status": "pending", "requestId": "8a1f", "eventDate": "2026-01-28T00:00:00Z", "messages": []]
        let batch = AcknowledgementBody.batches([Acknowledgement(id: "1", type: .dscoOrderID, supplierOrderNumber: nil)])[0]
        for seed in Seeds.of(chunk, 60) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let body = mutator.text(of: answer)
            let requestID = (try? JSON.parse(body))?["requestId"]?.text
            do throws(PartnerError) {
                let receipt = try await Self.dsco(body, status: 202).acknowledge(batch, deadline: Self.time.now + .seconds(60))
                check(!receipt.requestID.isEmpty && receipt.requestID == requestID, "seed \(seed): \(shown(body))")
            } catch {
                check(error.kind == .unknownOutcome, "seed \(seed), \(error.kind): \(shown(body))")
            }
        }
    }

    @Test("DSCO: a row of the change log is a success only when it says so, and of what it names", arguments: Seeds.chunks)
    func changeLog(_ chunk: Int) async {
        let log: JSON = [
            "status": "COMPLETED",
            "logs": [
                [
                    "payload": ["id": "PO-1", "type": "PO_NUMBER"], "status": "success", "requestId": "8a1f",
                    "dateProcessed": "2026-01-28T00:00:00Z", "results": [],
                ],
                [
                    "payload": ["id": "PO-2", "type": "PO_NUMBER"], "status": "failure", "requestId": "8a1f",
                    "results": [["code": "NOT_FOUND", "severity": "error", "description": "no such order"]],
                ],
            ],
        ]
        for seed in Seeds.of(chunk, 60) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let body = mutator.text(of: log)
            guard let answer = try? await Self.dsco(body, status: 200).changes(in: .orders, .request(id: "8a1f")) else {
                continue
            }
            let told = (try? JSON.parse(body))?["logs"]?.array ?? []
            for row in answer.rows where row.status == .success {
                guard case .acknowledgement(let id, _) = row.key else { continue }
                let isTold = told.contains { $0["payload"]?["id"]?.text == id && $0["status"]?.string?.lowercased() == "success" }
                check(isTold, "seed \(seed): \(shown(body))")
            }
            for row in answer.rows { check((row.words?.unicodeScalars.count ?? 0) <= 1_201, "seed \(seed)") }
        }
    }
}
