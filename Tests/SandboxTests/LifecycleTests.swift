import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("An order's life at both partners")
struct LifecycleTests {
    @Test("is pulled, pushed, acknowledged, shipped and invoiced, each exactly once")
    func wholeLife() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            let pulled = try await running.sweep()
            #expect(pulled.map { $0["poNumber"]?.text } == [made.po])
            let token = try await running.lingXingToken()

            let created = try await running.lingXing("/pb/mp/order/v2/create", running.createBody(pulled[0]), token: token).json
            #expect(created["data"]?["error_details"] == .array([]))
            let global = try #require(created["data"]?["success_details"]?.elements?.first?["global_order_no"]?.text)
            #expect(global.count == 18)

            running.clock.advance(5)
            let listed = try await running.lingXing(
                "/pb/mp/order/v2/list", ["length": 20, "offset": 0, "platform_order_nos": [.string(made.po)]], token: token
            ).json
            #expect(listed["data"]?["total"] == "1")
            #expect(listed["data"]?["list"]?.elements?.first?["status"] == 6)

            try await running.acknowledge(made.po)
            #expect(try await running.order(made.id)["dscoLifecycle"] == "acknowledged")
            #expect(try await running.order(made.id)["dscoStatus"] == "shipment_pending")

            let outbounds = try await running.lingXing(
                "/erp/sc/routing/wms/order/wmsOrderList",
                ["page": 1, "page_size": 200, "platform_order_no_arr": [.string(made.po)]], token: token
            ).json
            let outbound = try #require(outbounds["data"]?.elements?.first)
            #expect(outbounds["total"] == 1)
            #expect(outbound["status"] == 3)
            #expect(outbound["order_number"]?.text == global)
            let tracking = try #require(outbound["tracking_no"]?.text)

            let shipped = try await running.settled(
                "/order/shipment/batch/small", [running.shipment(pulled[0], tracking: tracking)], log: "/order/log")
            #expect(shipped.first?["status"] == "success")
            let after = try await running.order(made.id)
            #expect(after["dscoLifecycle"] == "completed")
            #expect(after["packages"]?.elements?.first?["trackingNumber"]?.text == tracking)

            let invoiced = try await running.settled(
                "/invoice/batch/small", [running.invoice(pulled[0], id: made.po)], log: "/invoice/log")
            #expect(invoiced.first?["status"] == "success")
            let invoices = try await running.dsco(.GET, "/invoice", [("key", "invoiceId"), ("value", made.po)]).json
            #expect(invoices["invoices"]?.elements?.count == 1)

            let effects = running.effects
            let executed: [Int] = [effects.created, effects.acknowledged, effects.shipped, effects.invoiced]
            #expect(executed.allSatisfy { $0 == 1 }, "\(executed)")
            #expect(effects.duplicates.total == 0)
            #expect(effects.duplicateAttempts.total == 0)
            #expect(effects.violations.details.isEmpty, "\(effects.violations.details)")
        }
    }
}
