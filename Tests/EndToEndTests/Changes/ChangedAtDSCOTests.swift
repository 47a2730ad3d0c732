import Domain
import Foundation
import Sandbox
import Store
import Testing

@Suite("An order that DSCO changes", .timeLimit(.minutes(5)))
struct ChangedAtDSCOTests {
    @Test(
        "before push: LingXing gets the new address and the units that are left", arguments: ["edit", "cancel-unit", "add-unit"])
    func beforePush(_ command: String) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.dsco(command, order)
            try await bench.pull(order)
            try await bench.bring(order, to: .invoiced)
            #expect(try await bench.detail(order).events.allSatisfy { $0.kind != "held" })
            try await bench.expectNoHarm()
        }
    }

    @Test(
        "after push: held with what changed, for a person to carry over; released, it goes on and sends what is left",
        arguments: [OrderStatus.pushed, .acknowledged], [("edit", "address"), ("add-unit", "units"), ("cancel-unit", "units")])
    func afterPush(_ status: OrderStatus, _ change: (command: String, word: String)) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            try await bench.dsco(change.command, order)
            try await bench.pull(order)
            let view = try await bench.view(order)
            try await bench.expect(order, "\(status.rawValue) changed_under_way")
            #expect(view.hold?.facts.contains(change.word) == true)
            #expect(try await bench.tells(order, "changed at DSCO: "))
            try await bench.staff("ship", order)
            try await bench.run(.ack, .ship)
            try await bench.expect(order, "\(status.rawValue) changed_under_way")

            try await bench.pull(order)
            try await bench.release(order)
            try await bench.pull(order)
            try await bench.run(.ack, .ship)
            switch change.command {
            case "edit": try await bench.expect(order, "4")
            // LingXing's staff had more, or fewer, to ship than DSCO wants now.
            case "cancel-unit": try await bench.expect(order, "3 quantity_mismatch")
            default: try await bench.expect(order, "3 (partly_shipped)")
            }
            if change.command == "cancel-unit" {
                try await bench.release(order)
                try await bench.run(.ship, .invoice)
                try await bench.expect(order, "5")
            }
            try await bench.expectNoHarm()
        }
    }

    @Test("a second change is told as well, although the first was released")
    func again() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            try await bench.dsco("edit", order)
            try await bench.pull(order)
            try await bench.release(order)
            try await Task.sleep(for: .seconds(1))
            try await bench.dsco("edit", order)
            try await bench.pull(order)
            try await bench.expect(order, "2 changed_under_way")
        }
    }

    @Test("after the goods have left: on the timeline only", arguments: [OrderStatus.shipped, .invoiced])
    func afterShipping(_ status: OrderStatus) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            try await bench.dsco("edit", order)
            try await bench.pull(order)
            #expect(try await bench.tells(order, "; address"))
            try await bench.run(.invoice)
            try await bench.expect(order, "5")
        }
    }

    @Test("an address that changes while the order is being pushed is held once it is in LingXing")
    func whilePushing() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            bench.partners.sandbox.faults.add([Fault(.lingxing, "/pb/mp/order/v2/create", .cutAfter, count: 1)])
            try await bench.run(.push)
            try await bench.dsco("edit", order)
            try await bench.pull(order)
            bench.pass(30)
            try await bench.run(.push)
            try await bench.expect(order, "2 changed_under_way")
            try await bench.expectNoHarm()
        }
    }

    @Test("a hold that a person set is never replaced by it")
    func operatorsHold() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            _ = try await OrderActions(bench.pool).hold(OrderKey(rawValue: order), reason: "wait", by: "ann", now: bench.now)
            try await bench.dsco("edit", order)
            try await bench.pull(order)
            try await bench.expect(order, "2 by_operator")
            #expect(try await bench.tells(order, "changed at DSCO: address"))
        }
    }
}
