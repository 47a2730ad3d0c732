import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("LingXing's orders and staff")
struct LingXingStaffTests {
    /// Pushes one order of the scenario and lets the staff finish.
    private func pushed(_ running: RunningSandbox, _ scenario: Scenario) async throws -> (po: String, token: String) {
        let made = await running.orders(scenario)[0]
        let order = try await running.order(made.id)
        let token = try await running.lingXingToken()
        let answer = try await running.lingXing("/pb/mp/order/v2/create", running.createBody(order), token: token).json
        #expect(answer["data"]?["success_details"]?.elements?.count == 1, "\(answer.json)")
        running.clock.advance(30)
        return (made.po, token)
    }

    private func rows(_ running: RunningSandbox, _ po: String, _ token: String, deleted: Bool = false) async throws -> [Wire] {
        let body: Wire = ["include_delete": .bool(deleted), "length": 20, "offset": 0, "platform_order_nos": [.string(po)]]
        return try await running.lingXing("/pb/mp/order/v2/list", body, token: token).json["data"]?["list"]?.elements ?? []
    }

    private func outbounds(_ running: RunningSandbox, _ po: String, _ token: String) async throws -> [Wire] {
        let body: Wire = ["page": 1, "page_size": 200, "platform_order_no_arr": [.string(po)]]
        return try await running.lingXing("/erp/sc/routing/wms/order/wmsOrderList", body, token: token).json["data"]?.elements
            ?? []
    }

    @Test("a plain order goes 4, 5, 6; its label is bought before it ships; the dates agree across zones")
    func plain() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            let order = try await running.order(made.id)
            let token = try await running.lingXingToken()
            _ = try await running.lingXing("/pb/mp/order/v2/create", running.createBody(order), token: token)
            var statuses: [Int] = []
            var labelBeforeShipping = false
            for _ in 0..<60 {
                running.clock.advance(0.1)
                guard let row = try await rows(running, made.po, token).first, let status = row["status"]?.integer else {
                    continue
                }
                if statuses.last != status { statuses.append(status) }
                let outbound = try await outbounds(running, made.po, token).first
                if outbound?["status"] == 2, outbound?["tracking_no"]?.text?.isEmpty == false { labelBeforeShipping = true }
            }
            #expect(statuses == [4, 5, 6])
            #expect(labelBeforeShipping)
            let row = try #require(try await rows(running, made.po, token).first)
            let outbound = try #require(try await outbounds(running, made.po, token).first)
            let formatter = DateFormatter()
            formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
            formatter.timeZone = TimeZone(secondsFromGMT: 8 * 3600)
            let delivered = try #require(formatter.date(from: outbound["delivered_at"]?.text ?? ""))
            #expect(Int(delivered.timeIntervalSince1970) == row["global_delivery_time"]?.integer)
        }
    }

    @Test("two rows, or two outbound orders, for one platform order")
    func splits() async throws {
        try await withSandbox { running in
            let two = try await pushed(running, .twoRows)
            let split = try await rows(running, two.po, two.token)
            #expect(split.count == 2)
            #expect(split.allSatisfy { $0["split_type"] == "3" && $0["status"] == 6 })
            let parcels = try await outbounds(running, two.po, two.token)
            #expect(Set(parcels.compactMap { $0["tracking_no"]?.text }).count == 2)

            let other = try await pushed(running, .twoOutbounds)
            #expect(try await rows(running, other.po, other.token).count == 1)
            #expect(try await outbounds(running, other.po, other.token).count == 2)
        }
    }

    @Test("an intercepted outbound order keeps its label; another one ships")
    func intercepted() async throws {
        try await withSandbox { running in
            let order = try await pushed(running, .intercepted)
            let all = try await outbounds(running, order.po, order.token)
            #expect(Set(all.compactMap { $0["status"]?.integer }) == [3, 4])
            #expect(all.allSatisfy { $0["tracking_no"]?.text?.isEmpty == false })
            #expect(try await rows(running, order.po, order.token).first?["status"] == 6)
        }
    }

    @Test("a bundle appears as itself and as its parts")
    func bundle() async throws {
        try await withSandbox { running in
            let order = try await pushed(running, .bundle)
            let products = try #require(try await outbounds(running, order.po, order.token).first?["product_info"]?.elements)
            #expect(products.map { $0["bundle_type"]?.integer } == [1, 2, 2])
            #expect(products[1]["bundle_wod_id"] == products[0]["wod_id"])
        }
    }

    @Test("an msku without a pair waits in review; staff cancel, and delete")
    func others() async throws {
        try await withSandbox { running in
            let unpaired = try await pushed(running, .unpairedSKU)
            let row = try await rows(running, unpaired.po, unpaired.token).first
            #expect(row?["status"] == 4)
            #expect(row?["order_tag"]?.elements?.first?["tag_no"] == "3-8")

            let cancelled = try await pushed(running, .cancelledByStaff)
            #expect(try await rows(running, cancelled.po, cancelled.token).first?["status"] == 7)

            let deleted = try await pushed(running, .deletedByStaff)
            #expect(try await rows(running, deleted.po, deleted.token).isEmpty)
            #expect(try await rows(running, deleted.po, deleted.token, deleted: true).first?["is_delete"] == 1)
        }
    }

    @Test("the number is unique in a shop; elements fail one by one; a double in another shop costs money")
    func duplicates() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain, .plain)
            let token = try await running.lingXingToken()
            let first = try await running.order(made[0].id)
            let create = "/pb/mp/order/v2/create"
            _ = try await running.lingXing(create, running.createBody(first), token: token)
            let again = try await running.lingXing(create, running.createBody(first), token: token).json
            #expect(again["code"] == 0)
            #expect(again["data"]?["error_details"]?.elements?.first?["platform_order_no"]?.text == made[0].po)
            #expect(running.effects.duplicateAttempts.details.map(\.rule) == ["created_twice"])
            let bad = try await running.lingXing(
                create,
                running.createBody(try await running.order(made[1].id)) { $0["logistics_type_id"] = "203662740883276800" },
                token: token
            ).json
            #expect(bad["data"]?["error_details"]?.elements?.count == 1, "a method of another warehouse")

            let body = running.createBody(first)
            let stores = running.sandbox.documents.world.retailers.compactMap(\.storeID)
            let other = try #require(stores.first { .string($0) != body["store_id"] })
            let elsewhere: Wire = ["orders": body["orders"] ?? [], "platform_code": 10009, "store_id": .string(other)]
            _ = try await running.lingXing(create, elsewhere, token: token)
            #expect(running.effects.duplicates.details.map(\.rule) == ["order_created_twice"])
        }
    }

    @Test("the update window is open at both ends")
    func window() async throws {
        try await withSandbox { running in
            let order = try await pushed(running, .plain)
            let row = try #require(try await rows(running, order.po, order.token).first)
            let updated = try #require(Int(row["update_time"]?.text ?? ""))
            func count(_ start: Int, _ end: Int) async throws -> Int? {
                let body: Wire = [
                    "date_type": "update_time", "end_time": .number(String(end)), "length": 20, "offset": 0,
                    "start_time": .number(String(start)),
                ]
                return try await running.lingXing("/pb/mp/order/v2/list", body, token: order.token).json["data"]?["list"]?
                    .elements?.count
            }
            #expect(try await count(updated - 1, updated + 1) == 1)
            #expect(try await count(updated, updated + 10) == 0)
            #expect(try await count(updated - 10, updated) == 0)
        }
    }

    @Test("cancelling: in review at once, later only after an intercept, never twice")
    func cancel() async throws {
        try await withSandbox {
            $0.lingXing.shipDelay = 1000
        } _: { running in
            let order = try await pushed(running, .plain)
            let global = try #require(try await rows(running, order.po, order.token).first?["global_order_no"])
            let cancel = "/pb/mp/order/v2/cancelOrder"
            #expect(
                try await running.lingXing(cancel, ["order_list": [global]], token: order.token).json["data"]?["fail_num"] == 1)
            let stop: Wire = ["orderNumbers": [global], "tagType": "3-5"]
            #expect(try await running.lingXing("/basicOpen/wmsOrder/cancel", stop, token: order.token).json["data"] == .null)
            #expect(
                try await running.lingXing(cancel, ["order_list": [global]], token: order.token).json["data"]?["success_num"] == 1
            )
            #expect(try await rows(running, order.po, order.token).first?["status"] == 7)
            #expect(
                try await running.lingXing(cancel, ["order_list": [global]], token: order.token).json["data"]?["fail_num"] == 1)
            #expect(running.effects.duplicateAttempts.total == 1)
        }
    }

    @Test("stock: several rows a SKU, a deleted warehouse that answers, units set aside and gone")
    func stock() async throws {
        try await withSandbox { running in
            let token = try await running.lingXingToken()
            func stock(_ wid: String) async throws -> [Wire] {
                let body: Wire = ["length": 800, "offset": 0, "wid": .string(wid)]
                let answer = try await running.lingXing(
                    "/erp/sc/routing/data/local_inventory/inventoryDetails", body, token: token
                ).json
                #expect(answer["total"]?.integer == answer["data"]?.elements?.count)
                return answer["data"]?.elements ?? []
            }
            let before = try await stock("33328,33329")
            let names = before.map { "\($0["wid"]?.integer ?? 0)/\($0["sku"]?.text ?? "")" }
            #expect(Set(names).count < names.count)
            #expect(try await stock("33330").isEmpty == false)
            func sum(_ rows: [Wire], _ name: String) -> Int { rows.reduce(0) { $0 + ($1[name]?.integer ?? 0) } }
            let order = try await pushed(running, .plain)
            let tokenNow = order.token
            let body: Wire = ["length": 800, "offset": 0, "wid": "33328,33329"]
            let after =
                try await running.lingXing("/erp/sc/routing/data/local_inventory/inventoryDetails", body, token: tokenNow).json[
                    "data"]?.elements ?? []
            #expect(sum(after, "product_valid_num") < sum(before, "product_valid_num"))
            #expect(sum(after, "product_lock_num") == 0)
            let deleted = try await running.lingXing(
                "/erp/sc/data/local_inventory/warehouse", ["is_delete": "0,1", "type": 1], token: tokenNow
            ).json
            #expect(deleted["data"]?.elements?.count == 2)
        }
    }

    @Test("the lists for operators' mappings")
    func lists() async throws {
        try await withSandbox { running in
            let token = try await running.lingXingToken()
            let shops = try await running.lingXing("/pb/mp/shop/v2/getSellerList", ["length": 200, "offset": 0], token: token)
                .json
            #expect(shops["data"]?["total"] == "3")
            let types = try await running.lingXing(
                "/erp/sc/routing/wms/WmsLogistics/listUsedLogisticsType",
                ["param": ["length": 50, "page": 1, "provider_type": 2]], token: token
            ).json
            #expect(types["data"]?.elements?.count == 3)
            let pairs = try await running.lingXing("/pb/mp/listing/v2/getPairList", ["length": 200, "offset": 0], token: token)
                .json
            #expect(pairs["data"]?["list"]?.elements?.count == 195)
            let cursor = try await running.lingXing(
                "/pb/mp/listing/v2/getPairList", ["cursor_id": 0, "length": 100, "use_cursor": true], token: token
            ).json
            #expect(cursor["data"]?["has_next"] == true)
        }
    }
}
