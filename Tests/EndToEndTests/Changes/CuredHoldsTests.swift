import Domain
import Foundation
import PostgreSQL
import Sandbox
import Store
import Testing

@Suite("A hold whose cause is gone", .timeLimit(.minutes(5)))
struct CuredHoldsTests {
    @Test("ends when the retailer is mapped: its orders go on without anybody's touch, and no run takes the others")
    func shop() async throws {
        try await Bench.with({ $0.mapping.shop = [$0.mapping.shop.keys.sorted()[0]: "1"] }) { bench in
            var orders: [String] = []
            for seed in 1...12 { orders += try await bench.orders([.plain], seed: UInt64(seed)) }
            try await bench.configure { $0.mapping.shop = ["none": "1"] }
            try await bench.run(.push)
            var byRetailer: [String: [String]] = [:]
            for order in orders {
                try await bench.expect(order, "1 shop_unmapped")
                byRetailer[try await bench.view(order).retailerID ?? "", default: []].append(order)
            }
            try #require(byRetailer.count > 1, "orders of several retailers")
            let (retailer, freed) = try #require(byRetailer.min { $0.key < $1.key })
            try await bench.configure { $0.mapping.shop = $0.mapping.shop.filter { $0.key == retailer } }
            let taken = try await bench.run(.push, orders: [])
            #expect(taken == ["advanced": freed.count])
            for order in orders {
                #expect(try await bench.standing(order) == (freed.contains(order) ? "2" : "1 shop_unmapped"))
            }
        }
    }

    @Test("ends when the way of shipping is mapped, and only for that way")
    func logistics() async throws {
        try await Bench.with { bench in
            let orders = try await bench.orders([.unmappedLogistics, .unmappedRetailer, .missingPrice])
            try await bench.run(.push)
            let route = try #require(try await bench.view(orders[0]).hold?.facts)
            try await bench.configure { $0.mapping.shipment["\(route)-OTHER"] = "1" }
            #expect(try await bench.run(.push, orders: []).isEmpty, "another way frees nobody")
            try await bench.configure { configuration in
                configuration.mapping.shipment[route] =
                    configuration.mapping.shipment
                    .first { $0.key.hasPrefix(String(route.prefix(5))) }?.value
            }
            #expect(try await bench.run(.push, orders: []).values.reduce(0, +) == 1)
            #expect(try await bench.view(orders[0]).hold?.reason != .logisticsUnmapped)
            try await bench.expect(orders[1], "1 shop_unmapped")
            try await bench.expect(orders[2], "1 price_missing")
        }
    }

    @Test(
        "ends when DSCO's next payload brings what was missing",
        arguments: [
            (Scenario.missingPrice, "add-price", "price_missing"), (.incompleteAddress, "add-address", "address_incomplete"),
        ])
    func payload(_ scenario: Scenario, _ command: String, _ reason: String) async throws {
        try await Bench.with { bench in
            let orders = try await bench.orders([scenario, scenario])
            try await bench.run(.push)
            for order in orders { try await bench.expect(order, "1 \(reason)") }
            try await bench.dsco(command, orders[0])
            try await bench.pull(orders[0], orders[1])
            #expect(try await bench.run(.push, orders: []) == ["advanced": 1])
            try await bench.expect(orders[0], "2")
            try await bench.expect(orders[1], "1 \(reason)")
            try await bench.expectNoHarm()
        }
    }

    @Test("ends when a shared PO number is one order's alone again, and no order is taken for the other")
    func sharedNumber() async throws {
        try await Bench.with { bench in
            let orders = try await bench.orders([.sharedPO, .sharedPO])
            try await bench.run(.push)
            for order in orders { try await bench.expect(order, "1 po_number_shared") }
            try await bench.dsco("renumber", orders[0])
            try await bench.pull(orders[0])
            try await bench.run(.push)
            for order in orders { try await bench.expect(order, "2") }
            try await bench.expectNoHarm()
        }
    }

    @Test("stays when the number's former bearer went out under it")
    func numberStillUsed() async throws {
        try await Bench.with { bench in
            let orders = try await bench.orders([.sharedPO])
            try await bench.run(.push)
            try await bench.dsco("renumber", orders[0])
            try await bench.pull(orders[0])
            // The next one comes in under the number that the first has left at DSCO, but not in LingXing.
            let number = try #require(try await bench.view(orders[0]).outgoingNumber)
            let second = try await bench.order(.plain)
            try await bench.pool.query("update dsco_order_sync set po_number = \(number) where order_key = \(second)")
            try await bench.run(.push)
            #expect(try await bench.view(second).hold?.reason == .poNumberShared)
        }
    }

    @Test("ends although the configuration was mended while the run that found it was under way")
    func underWay() async throws {
        try await Bench.with({ $0.mapping.shop = ["none": "1"] }) { bench in
            let order = try await bench.order()
            try await bench.run(.push, orders: []) { try await bench.configure { _ in } }
            try await bench.expect(order, "1 shop_unmapped")
            try await bench.run(.push)
            try await bench.expect(order, "2")
        }
    }

    @Test("ends when identity or packages say otherwise")
    func rules() async throws {
        try await Bench.with { bench in
            let orders = try await bench.orders([.twoOutbounds, .missingPrice])
            try await bench.run(.push)
            try await bench.staff("review", orders[0])
            try await bench.run(.ack)
            try await bench.staff("ship", orders[0])
            try await bench.run(.ship)
            try await bench.expect(orders[0], "3 multiple_packages")
            try await bench.configure { $0.ship.packages = .all }
            #expect(try await bench.run(.push, orders: []).isEmpty)
            try await bench.run(.ship)
            try await bench.expect(orders[0], "4")
        }
    }
}
