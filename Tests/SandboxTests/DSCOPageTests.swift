import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("DSCO's order pages")
struct DSCOPageTests {
    @Test("show every order once, page by page, and end with an empty page")
    func pages() async throws {
        try await withSandbox { running in
            _ = await running.sandbox.createOrders(OrderRequest(count: 57, mix: [(.plain, 1)]))
            let orders = try await running.sweep(perPage: 10)
            #expect(orders.count == 57)
            #expect(Set(orders.compactMap { $0["dscoOrderId"]?.text }).count == 57)
            #expect(running.effects.violations.total == 0)
        }
    }

    @Test("keep the place on DSCO's side: asking again for a page that got lost gives the next one")
    func scrollMovesOn() async throws {
        try await withSandbox { running in
            _ = await running.sandbox.createOrders(OrderRequest(count: 30, mix: [(.plain, 1)]))
            running.clock.advance(20)
            let iso = ISO8601DateFormatter()
            let first = try await running.dsco(
                .GET, "/order/page",
                [
                    ("ordersCreatedSince", iso.string(from: running.clock.now - 100)),
                    ("until", iso.string(from: running.clock.now - 6)),
                    ("ordersPerPage", "10"),
                ]
            ).json
            let scroll = try #require(first["scrollId"]?.text)
            let second = try await running.dsco(.GET, "/order/page", [("scrollId", scroll)]).json
            let third = try await running.dsco(.GET, "/order/page", [("scrollId", scroll)]).json
            #expect(second["scrollId"]?.text == scroll)
            #expect(second["orders"] != third["orders"])
            running.clock.advance(301)
            #expect(try await running.dsco(.GET, "/order/page", [("scrollId", scroll)]).status == 404)
            #expect(running.effects.violations.details.map(\.rule) == ["scroll_expired"])
        }
    }

    @Test("hide test orders, and orders before they surface")
    func hidden() async throws {
        try await withSandbox { running in
            let made = await running.orders(.testOrder, .surfacesLate, .plain)
            #expect(try await running.sweep().compactMap { $0["poNumber"]?.text } == [made[2].po])
            running.clock.advance(20)
            let later = try await running.sweep("ordersCreatedSince").compactMap { $0["poNumber"]?.text }
            #expect(Set(later) == [made[1].po, made[2].po])
        }
    }

    @Test("show a cancellation to the sweep of updates alone")
    func updates() async throws {
        try await withSandbox { running in
            let made = await running.orders(.cancelledSoon)[0]
            running.clock.advance(60)
            let iso = ISO8601DateFormatter()
            for (name, expected) in [("ordersCreatedSince", 0), ("ordersUpdatedSince", 1)] {
                let page = try await running.dsco(
                    .GET, "/order/page",
                    [(name, iso.string(from: running.clock.now - 59)), ("until", iso.string(from: running.clock.now - 6))]
                ).json
                #expect(page["orders"]?.elements?.count == expected)
            }
            #expect(try await running.order(made.id)["dscoStatus"] == "cancelled")
        }
    }

    @Test("carry what each scenario promises")
    func scenarios() async throws {
        try await withSandbox { running in
            _ = await running.orders(
                .twoLines, .duplicateSKU, .currencyAbsent, .unreadable, .sharedPO, .incompleteAddress, .missingPrice)
            let orders = try await running.sweep()
            #expect(orders.count == 8)
            #expect(orders.count { $0["lineItems"]?.elements == nil } == 1)
            #expect(orders.count { $0["currencyCode"] == nil } == 2, "without a currency, and unreadable")
            let numbers = orders.compactMap { $0["poNumber"]?.text }
            #expect(numbers.count == 7)
            #expect(Set(numbers).count == 6)
            #expect(orders.count { $0["shipping"]?["address1"] == nil && $0["shipping"]?["address"] == nil } == 2)
            let duplicate = orders.compactMap { $0["lineItems"]?.elements }.filter {
                $0.count == 2 && $0[0]["sku"] == $0[1]["sku"]
            }
            #expect(duplicate.count == 1)
        }
    }
}
