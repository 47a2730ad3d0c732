import Domain
import Foundation
import JSON
import PartnerHTTP
import PartnerTestSupport
import Testing

@testable import LingXing

@Suite("Creating orders")
struct CreateOrdersTests {
    private func order(_ number: String) -> NewLingXingOrder {
        var order = NewLingXingOrder(
            storeID: "110658143132021760", platformOrderNo: number, receiverName: "Ann O'Neil", countryCode: "US", city: "Albany",
            addressLine1: "123 Abc St", items: [.init(msku: "TEST3", quantity: 1, unitPrice: Decimal(string: "21.34") ?? 0)])
        order.currency = "USD"
        return order
    }

    @Test("the body, signed as it is sent")
    func body() async throws {
        let fixture = try ClientFixture { _, _ in .json(["code": 0, "data": [:]]) }
        var order = order("PO-1001")
        order.addressLine2 = "  "
        order.region = "NY"
        order.warehouseID = "33328"
        order.purchased = Date(timeIntervalSince1970: 1_693_467_680)
        _ = try await fixture.client.createOrders(storeID: "110658143132021760", [order], permit: fixture.permit)
        let asked = try #require(fixture.transport.requests.first)
        #expect(
            asked.body == """
                {"orders":[{"address_line1":"123 Abc St","amount_currency":"USD","city":"Albany","global_purchase_time":1693467680,\
                "items":[{"msku":"TEST3","quantity":1,"unit_price":"21.34"}],"platform_order_no":"PO-1001","receiver_country_code":"US",\
                "receiver_name":"Ann O'Neil","state_or_region":"NY"}],"platform_code":10009,"store_id":"110658143132021760"}
                """)
        let members = try #require(asked.json.object)
        #expect(
            asked.query["sign"]
                == (try RequestSigner(appID: ClientFixture.appID).sign(members, accessToken: "token-1", timestamp: 1_720_429_074))
        )
        #expect(asked.query["access_token"] == "token-1" && asked.query["app_key"] == ClientFixture.appID)
        #expect(asked.request.url.hasPrefix("https://openapi.lingxing.com/pb/mp/order/v2/create?access_token="))
        #expect(!asked.request.isRead && asked.request.call == "POST /pb/mp/order/v2/create")
    }

    @Test("warehouse and method go together or not at all")
    func pair() {
        var order = order("PO-1")
        order.logisticsTypeID = "203662740883276800"
        #expect(order.wire["logistics_type_id"] == nil)
        order.warehouseID = "33328"
        #expect(order.wire["wid"] == "33328" && order.wire["logistics_type_id"] == "203662740883276800")
    }

    @Test("results are read per order, whatever the code says")
    func results() async throws {
        let fixture = try ClientFixture { _, _ in
            .json([
                "code": 0,
                "data": [
                    "success_details": [
                        ["platform_order_no": "PO-1", "global_order_no": 103_336_708_973_801_472],
                        ["platform_order_no": "PO-4", "global_order_no": "9"],
                    ],
                    "error_details": [
                        ["platform_order_no": "PO-2", "error_message": " 重复 ann@example.com"], ["platform_order_no": "PO-4"],
                    ],
                ],
            ])
        }
        let orders = ["PO-1 ", "PO-2", "PO-3", "PO-4"].map(order)
        let results = try await fixture.client.createOrders(storeID: "1", orders, permit: fixture.permit)
        #expect(
            results == [
                .created(globalOrderNo: "103336708973801472"), .failed(words: "重复 [e-mail]"), .unanswered, .unanswered,
            ])
    }

    @Test(
        "the documented answers",
        arguments: [
            (
                "order_create.partial.response",
                [.created(globalOrderNo: "103336708973801472"), .failed(words: "<text not published; treat as opaque>")]
            ),
            ("order_create.all_failed.response", [.failed(words: "<text not published; treat as opaque>"), .unanswered]),
        ] as [(String, [OrderCreation])])
    func examples(name: String, expected: [OrderCreation]) async throws {
        let body = try Examples.bytes(name)
        let fixture = try ClientFixture { _, _ in .body(body) }
        let results = try await fixture.client.createOrders(
            storeID: "1", [order("PO-1001"), order("PO-1002")], permit: fixture.permit)
        #expect(results == expected)
    }

    @Test("a lost answer is an unknown outcome and is never repeated")
    func lost() async throws {
        let fixture = try ClientFixture { _, _ in .lost }
        let error = await #expect(throws: PartnerError.self) {
            try await fixture.client.createOrders(storeID: "1", [self.order("PO-1")], permit: fixture.permit)
        }
        #expect(error?.kind == .unknownOutcome)
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("throttled is proven not executed: repeated with a fresh sign, within the permission")
    func throttled() async throws {
        let fixture = try ClientFixture { _, count in
            count < 2
                ? .code("3001008")
                : .json(["code": 0, "data": ["success_details": [["platform_order_no": "PO-1", "global_order_no": "7"]]]])
        }
        let results = try await fixture.client.createOrders(storeID: "1", [order("PO-1")], permit: fixture.permit)
        #expect(results == [.created(globalOrderNo: "7")])
        let stamps = fixture.transport.requests.compactMap { $0.query["timestamp"].flatMap { Int($0) } }
        #expect(stamps.count == 3 && stamps[1] - stamps[0] >= 2 && stamps[2] - stamps[1] >= 2)
        #expect(Set(fixture.transport.requests.compactMap { $0.query["sign"] }).count == 3)
    }

    @Test("no attempt starts after the permission has ended, not even after a wait")
    func permission() async throws {
        let fixture = try ClientFixture { _, _ in .code("3001008") }
        let permit = fixture.time.clock.now() + .seconds(3)
        let error = await #expect(throws: PartnerError.self) {
            try await fixture.client.createOrders(storeID: "1", [self.order("PO-1")], permit: permit)
        }
        #expect(error?.kind == .notExecuted)
        #expect(fixture.transport.requests.allSatisfy { $0.request.deadline <= permit })
        #expect(fixture.transport.requests.count <= 2)
        let late = await #expect(throws: PartnerError.self) {
            try await fixture.client.createOrders(storeID: "1", [self.order("PO-1")], permit: fixture.time.clock.now())
        }
        #expect(late?.kind == .notExecuted)
    }

    @Test("a long pause is not waited out inside a call")
    func secondLimiter() async throws {
        let fixture = try ClientFixture { _, _ in .json(["code": 103, "message": "请求过于频繁"]) }
        let error = await #expect(throws: PartnerError.self) {
            try await fixture.client.createOrders(storeID: "1", [self.order("PO-1")], permit: fixture.permit)
        }
        #expect(error?.kind == .notExecuted && error?.retryAfter == .seconds(30))
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("errors show neither token, sign, secret nor URL")
    func secrecy() async throws {
        for reply in [
            ScriptedLingXing.Reply.lost, .code("2001006", "sign=abc access_token=token-1"), .text("<html>", status: 502),
        ] {
            let fixture = try ClientFixture { _, _ in reply }
            let error = await #expect(throws: PartnerError.self) {
                try await fixture.client.createOrders(storeID: "1", [self.order("PO-1")], permit: fixture.permit)
            }
            let text = error.map { "\($0) \(String(reflecting: $0))" } ?? ""
            let sign = try #require(fixture.transport.requests.first?.query["sign"])
            for secret in ["token-1", sign, ClientFixture.secret, "https://", "app_key", "123 Abc St", "Neil"] {
                #expect(!text.contains(secret), "\(secret) in \(text)")
            }
        }
    }
}
