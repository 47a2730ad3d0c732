import Domain
import Foundation
import JSON
import PartnerHTTP
import Testing

@testable import LingXing

@Suite("Every documented answer can be read")
struct ExampleTests {
    @Test(
        "each answer is either a success or one of the known errors",
        arguments: try Examples.names().filter { $0.hasSuffix(".response") })
    func envelopes(name: String) throws {
        let body = try Examples.bytes(name)
        let verdict = Answer.classify(status: 200, body: body, kind: name.hasPrefix("auth_") ? .token : .business, isRead: true)
        switch verdict {
        case .success(let answer):
            #expect(!name.contains("error_"))
            #expect(!answer.data.isNull || name.hasPrefix("wms_order_cancel") || name.hasPrefix("order_"))
        case .failure(_, let code, _, _):
            #expect(name.contains("error_") || ["10000", "10001", "10002"].contains(code), "\(name) \(code ?? "")")
        }
    }

    private func fixture(_ name: String) throws -> ClientFixture {
        let body = try Examples.bytes(name)
        return try ClientFixture { _, _ in .body(body) }
    }

    @Test("the order list of a shipped order of the custom platform")
    func shippedOrder() async throws {
        let orders = try await fixture("order_list.custom_shipped.response").client.listOrders(numbers: ["PO-1001"]).readable
        #expect(
            orders == [
                LingXingOrder(
                    globalOrderNo: "103690112233445566", storeID: "110658143132021760", platformOrderNos: ["PO-1001"],
                    rawStatus: 6,
                    updated: Date(timeIntervalSince1970: 1_693_496_773), delivered: Date(timeIntervalSince1970: 1_731_400_000),
                    currency: "USD", total: Decimal(string: "42.68"),
                    items: [.init(platformOrderNo: "PO-1001", msku: "TEST3", localSKU: "LX-TEST-3", quantity: 2)])
            ])
    }

    @Test("the page's own order list", arguments: ["order_list.response", "order_list.empty.response"])
    func orderList(name: String) async throws {
        let orders = try await fixture(name).client.listOrders(numbers: ["x"]).readable
        #expect(orders.count == (try Examples.json(name)["data"]?["list"]?.array?.count))
        #expect(orders.allSatisfy { !$0.globalOrderNo.isEmpty && $0.status != nil && !$0.platformOrderNos.isEmpty })
    }

    @Test("a shipped outbound order, its times taken to be Beijing's")
    func shippedOutbound() async throws {
        let orders = try await fixture("wms_order_list.shipped.response").client.wmsOrders(
            numbers: ["PO-1001"], storeIDs: ["110658143132021760"], createdFrom: .now, to: .now)
        let order = try #require(orders.readable.first)
        #expect(order.number == "WO103690112300000001" && order.globalOrderNo == "103690112233445566")
        #expect(order.platformOrderNos == ["PO-1001"] && order.storeID == "110658143132021760")
        #expect(order.status == .shipped && order.trackingNumber == "794600000001" && order.carrier == "FEDEX")
        #expect(order.delivered == Date(timeIntervalSince1970: 1_731_400_000))
        #expect(order.stockDelivered == Date(timeIntervalSince1970: 1_731_400_025))
        #expect(
            order.products == [
                .init(sku: "LX-TEST-3", sellerSKU: "TEST3", quantity: 2, lineID: "5100001", platformOrderNo: "PO-1001")
            ])
    }

    @Test(
        "other outbound lists",
        arguments: ["wms_order_list.response", "wms_order_list.split.response", "wms_order_list.empty.response"])
    func outboundList(name: String) async throws {
        let orders = try await fixture(name).client.wmsOrders(numbers: ["x"], storeIDs: [], createdFrom: .now, to: .now).readable
        #expect(orders.count == (try Examples.json(name)["data"]?.array?.count))
        #expect(orders.allSatisfy { $0.trackingNumber != "" && $0.number.hasPrefix("WO") })
    }

    @Test("stock rows of one SKU are not merged, the caller sums them")
    func stock() async throws {
        let rows = try await fixture("inventory_details.overseas.response").client.inventory(wid: "33328").readable
        #expect(
            rows == [.init(wid: "33328", sku: "LX-TEST-3", available: 681), .init(wid: "33328", sku: "LX-TEST-3", available: 5)])
        #expect(try await fixture("inventory_details.response").client.inventory(wid: "1").readable.count == 1)
    }

    @Test("warehouses, shops and logistics methods")
    func lists() async throws {
        let warehouses = try await fixture("warehouse_list.response").client.warehouses()
        #expect(Set(warehouses.map(\.wid)) == ["1300", "858"] && warehouses.allSatisfy { !$0.isDeleted })
        let shops = try await fixture("shop_list.response").client.sellers()
        #expect(shops.map(\.name) == ["Walmart测试店铺"] && shops.first?.isAuthorised == false && shops.first?.isEnabled == true)
        let page = try Examples.json("logistics_types.response")
        let onePage = try ClientFixture { asked, _ in
            asked.json["param"]?["page"]?.int == 1 ? .body(page.bytes()) : .json(["code": 0, "data": [], "total": 460])
        }
        let types = try await onePage.client.logisticsTypes()
        #expect(Set(types.map(\.id)) == ["3054", "203450729659600896"])
        #expect(types.first { $0.id == "203450729659600896" }?.wid == "1582")
    }

    @Test(
        "cancel and intercept answers",
        arguments: [
            ("order_cancel.response", OrderCancellation.accepted), ("order_cancel.failed.response", .failed(words: "订单不存在！")),
        ])
    func cancel(name: String, result: OrderCancellation) async throws {
        let fixture = try fixture(name)
        #expect(try await fixture.client.cancelOrders(["1033205360858531841"], permit: fixture.permit) == [result])
    }

    @Test(
        "intercept answers",
        arguments: [
            ("wms_order_cancel.response", OrderCancellation.accepted),
            ("wms_order_cancel.failed.response", .failed(words: "该单号正在截单中")),
        ])
    func intercept(name: String, result: OrderCancellation) async throws {
        let fixture = try fixture(name)
        #expect(
            try await fixture.client.cancelOutbound(["100909901313"], comment: "cancelled", permit: fixture.permit) == [result])
    }

    @Test(
        "times without a zone",
        arguments: [
            ("2024-11-12 16:26:40", 1_731_400_000), ("0000-00-00 00:00:00", nil), ("", nil), ("2024-13-01 00:00:00", nil),
            ("2024-11-12", nil),
            ("2024-11-12T16:26:40", nil),
        ] as [(String, Double?)])
    func times(text: String, seconds: Double?) throws {
        let times = LingXingTime(zone: try #require(TimeZone(identifier: "Asia/Shanghai")))
        #expect(times.parse(JSONView(.string(text))) == seconds.map { Date(timeIntervalSince1970: $0) })
    }

    @Test(
        "epoch times",
        arguments: [
            (1_731_400_000, 1_731_400_000), ("1731400000", 1_731_400_000), (0, nil), ("0", nil), ("", nil), (nil, nil),
        ] as [(JSON, Double?)])
    func epochs(value: JSON, seconds: Double?) {
        #expect(LingXingTime.epoch(JSONView(value)) == seconds.map { Date(timeIntervalSince1970: $0) })
    }
}
