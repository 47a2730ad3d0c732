import Domain
import Foundation
import Sandbox
import Store
import Testing

@Suite("An order that LingXing's staff change", .timeLimit(.minutes(5)))
struct ChangedInLingXingTests {
    @Test(
        "cancelled or deleted: held, and on its way again by itself once it is restored",
        arguments: [("cancel", "cancelled_in_lingxing"), ("delete", "deleted_in_lingxing")])
    func cancelledOrDeleted(_ command: String, _ reason: String) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            try await bench.staff(command, order)
            bench.pass(10)
            try await bench.run(.ack)
            try await bench.expect(order, "2 \(reason)")
            try await bench.staff("restore", order)
            try await bench.staff("review", order)
            try await bench.run(.ack)
            try await bench.expect(order, "3")
            try await bench.expectNoHarm()
        }
    }

    @Test("a number that LingXing holds deleted is not created again; restored, it is adopted on the slow cycle")
    func deletedBeforePush() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            try await bench.staff("delete", order)
            try await OrderActions(bench.pool).setStatus(
                OrderKey(rawValue: order), to: .pulled, reason: "again", findings: nil, by: "ann", now: bench.now)
            try await bench.run(.push)
            try await bench.expect(order, "1 deleted_in_lingxing")
            try await bench.staff("restore", order)
            bench.pass(3600)
            try await bench.run(.push)
            try await bench.expect(order, "2")
            try await bench.expectNoHarm()
        }
    }

    @Test("cancelled after its acknowledgement: held when ship looks")
    func cancelledWhenAcknowledged() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .acknowledged)
            try await bench.staff("intercept", order)
            try await bench.staff("cancel", order)
            try await bench.run(.ship)
            try await bench.expect(order, "3 cancelled_in_lingxing")
        }
    }

    @Test("split: acknowledged when every row is reviewed; its two parcels wait for a person, whose release sends both")
    func split() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            try await bench.staff("split", order)
            try await bench.bring(order, to: .acknowledged)
            #expect(try await bench.lingXing(order).count == 2)
            try await bench.staff("ship", order)
            try await bench.staff("ship", order)
            try await bench.run(.ship)
            try await bench.expect(order, "3 multiple_packages")
            #expect(try await bench.trackingAtDSCO(order).isEmpty)
            try await bench.release(order)
            try await bench.run(.ship, .invoice)
            try await bench.expect(order, "5")
            #expect(try await bench.trackingAtDSCO(order).count == 2)
            try await bench.expectNoHarm()
        }
    }

    @Test("several parcels go at once where packages is all")
    func allPackages() async throws {
        try await Bench.with({ $0.ship.packages = .all }) { bench in
            let order = try await bench.order(.twoOutbounds)
            try await bench.bring(order, to: .invoiced)
            #expect(try await bench.trackingAtDSCO(order).count == 2)
            #expect(try await bench.view(order).trackingNumbers.count == 2)
            try await bench.expectNoHarm()
        }
    }

    @Test("shipped in parts: waits for the rest, then sends all of it")
    func partial() async throws {
        try await Bench.with({ $0.ship.packages = .all }) { bench in
            let order = try await bench.order(.twoOutbounds)
            try await bench.bring(order, to: .acknowledged)
            try await bench.staff("ship-one", order)
            try await bench.run(.ship)
            #expect(try await bench.view(order).status == .acknowledged)
            #expect(try await bench.trackingAtDSCO(order).isEmpty)
            try await bench.staff("ship", order)
            try await bench.run(.ship)
            try await bench.expect(order, "4")
            #expect(try await bench.trackingAtDSCO(order).count == 2)
            try await bench.expectNoHarm()
        }
    }

    @Test("merged: both orders are acknowledged and told their goods of the one parcel")
    func merged() async throws {
        try await Bench.with { bench in
            let orders = try await bench.orders([.twoLines, .twoLines])
            try await bench.run(.push)
            try await bench.merge(orders[1], into: orders[0])
            try await bench.staff("review", orders[0])
            try await bench.run(.ack)
            try await bench.staff("ship", orders[0])
            try await bench.run(.ship, .invoice)
            for order in orders { try await bench.expect(order, "5") }
            #expect(try await bench.trackingAtDSCO(orders[0]) == bench.trackingAtDSCO(orders[1]))
            try await bench.expectNoHarm()
        }
    }

    @Test("another label before DSCO was told: only the new tracking number goes out")
    func relabelled() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .acknowledged)
            try await bench.staff("label", order)
            let first = try await bench.labels(order)
            try await bench.staff("ship", order)
            try await bench.staff("relabel", order)
            let second = try await bench.labels(order)
            try await bench.run(.ship)
            #expect(first != second)
            try await bench.expect(order, "4")
            #expect(try await bench.trackingAtDSCO(order) == second)
        }
    }

    @Test("another label after DSCO was told: nothing is sent twice, and the invoice names what DSCO has")
    func relabelledLate() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .shipped)
            let told = try await bench.trackingAtDSCO(order)
            try await bench.staff("relabel", order)
            try await bench.run(.ship, .invoice)
            try await bench.expect(order, "5")
            #expect(try await bench.trackingAtDSCO(order) == told)
            try await bench.expectNoHarm()
        }
    }

    @Test("an intercepted outbound order is never told, whatever label it carries; the one that ships instead is")
    func intercepted() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .acknowledged)
            try await bench.staff("label", order)
            let stopped = try await bench.labels(order)
            try await bench.staff("intercept", order)
            try await bench.run(.ship)
            #expect(try await bench.view(order).status == .acknowledged)
            try await bench.staff("ship", order)
            try await bench.run(.ship)
            try await bench.expect(order, "4")
            #expect(try await Set(bench.trackingAtDSCO(order)).isDisjoint(with: stopped))
            try await bench.expectNoHarm()
        }
    }
}
