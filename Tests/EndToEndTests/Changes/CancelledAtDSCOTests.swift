import Domain
import Foundation
import JSON
import Sandbox
import Store
import Testing

@Suite("An order that DSCO cancels", .timeLimit(.minutes(5)))
struct CancelledAtDSCOTests {
    @Test("before push: it ends at 6, and LingXing never hears of it")
    func beforePush() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.dsco("portal-cancel", order)
            try await bench.pull(order)
            try await bench.run(.push)
            try await bench.expect(order, "6")
            #expect(try await bench.lingXing(order).isEmpty)
            try await bench.expectNoHarm()
        }
    }

    @Test(
        "after push: it is held where it stands and goes nowhere; LingXing is left to its staff",
        arguments: [OrderStatus.pushed, .acknowledged, .shipped])
    func afterPush(_ status: OrderStatus) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            try await bench.dsco("portal-cancel", order)
            try await bench.pull(order)
            if status == .pushed { try await bench.staff("review", order) }
            try await bench.run(.push, .ack, .ship, .invoice)
            try await bench.expect(order, "\(status.rawValue) cancelled_at_dsco")
            #expect(try await bench.tells(order, "changed at DSCO: status "))
            #expect(try await bench.lingXing(order).allSatisfy { $0 != 7 })
            #expect(try await bench.view(order).nextAttempt == nil, "nothing looks at it any more")
            try await bench.expectNoHarm()
        }
    }

    @Test("just before our acknowledgement: DSCO refuses it, the order is held where it stands, and nobody makes it acknowledged")
    func beforeAcknowledgement() async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            try await bench.staff("review", order)
            // Pull does not know yet.
            try await bench.dsco("portal-cancel", order)
            try await bench.run(.ack)
            try await bench.expect(order, "2 cancelled_at_dsco")
            #expect(try await bench.tells(order, "The order has been cancelled"))
            try await bench.staff("ship", order)
            try await bench.run(.ack, .ship)
            try await bench.pull(order)
            try await bench.expect(order, "2 cancelled_at_dsco")

            try await bench.release(order)
            try await bench.run(.ack, .ship)
            try await bench.expect(order, "2 completed_at_dsco")
            #expect(try await bench.trackingAtDSCO(order).isEmpty)
            try await bench.expectNoHarm()
        }
    }

    private static let cancelling: @Sendable (inout RuntimeConfiguration) -> Void = { $0.push.cancelInLingXing = true }

    @Test(
        "with cancel_in_lingxing: it is stopped in LingXing, intercepted first where it has an outbound order, and ends at 6",
        arguments: [(OrderStatus.pushed, false), (.pushed, true), (.acknowledged, true)])
    func cancelledInLingXing(_ status: OrderStatus, _ isReviewed: Bool) async throws {
        try await Bench.with(Self.cancelling) { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            if isReviewed, status == .pushed { try await bench.staff("review", order) }
            try await bench.dsco("portal-cancel", order)
            try await bench.pull(order)
            try await bench.run(.ack, .ship)
            try await bench.expect(order, "\(status.rawValue) cancelled_at_dsco")
            try await bench.run(.push)
            try await bench.expect(order, "6")
            #expect(try await bench.tells(order, "cancelled: cancelled in LingXing, as at DSCO"))
            #expect(try await bench.lingXing(order) == [7])
            #expect(bench.partners.calls("/lingxing/basicOpen/wmsOrder/cancel") == (isReviewed ? 1 : 0))
            let detail = try await bench.detail(order)
            #expect(detail.submissions.map(\.key).contains("cancel"))
            #expect(detail.submissions.allSatisfy { $0.state == .confirmed })
            try await bench.run(.push)
            #expect(bench.partners.calls("/lingxing/pb/mp/order/v2/cancelOrder") == 1)
            try await bench.expectNoHarm()
        }
    }

    @Test("with cancel_in_lingxing: what was told as shipped stays with people", arguments: [OrderStatus.shipped, .invoiced])
    func shippedAlready(_ status: OrderStatus) async throws {
        try await Bench.with(Self.cancelling) { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            try await bench.dsco("portal-cancel", order)
            try await bench.pull(order)
            try await bench.run(.push)
            try await bench.expect(order, "\(status.rawValue) cancelled_at_dsco")
            #expect(bench.partners.calls("/lingxing/pb/mp/order/v2/cancelOrder") == 0)
        }
    }

    @Test("with cancel_in_lingxing: goods that have left are not called back; the order says so and stays held")
    func tooLate() async throws {
        try await Bench.with(Self.cancelling) { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .acknowledged)
            try await bench.dsco("portal-cancel", order)
            try await bench.pull(order)
            try await bench.staff("ship", order)
            try await bench.run(.push)
            let view = try await bench.view(order)
            try await bench.expect(order, "3 cancelled_at_dsco")
            #expect(view.lastError?.text == "LingXing has shipped it; it is too late to cancel")
            #expect(try #require(view.nextAttempt) > bench.now, "it is looked at again on the slow cycle")
            #expect(bench.partners.calls("/lingxing/pb/mp/order/v2/cancelOrder") == 0)
            bench.pass(3600)
            try await bench.run(.push)
            let times = try await bench.detail(order).events.filter { $0.kind == "not_cancelled" }.count
            #expect(times == 1, "said once")
        }
    }

    @Test(
        "with cancel_in_lingxing: what the staff cancelled or deleted by themselves ends at 6 without a call",
        arguments: ["cancel", "delete"])
    func staffWereFirst(_ command: String) async throws {
        try await Bench.with(Self.cancelling) { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            try await bench.dsco("portal-cancel", order)
            try await bench.staff(command, order)
            try await bench.pull(order)
            try await bench.run(.push)
            try await bench.expect(order, "6")
            #expect(bench.partners.calls("/lingxing/pb/mp/order/v2/cancelOrder") == 0)
            try await bench.expectNoHarm()
        }
    }

    @Test("with cancel_in_lingxing: a merged order is not stopped, since that would stop another one")
    func merged() async throws {
        try await Bench.with(Self.cancelling) { bench in
            let orders = try await bench.orders([.plain, .plain])
            try await bench.run(.push)
            try await bench.merge(orders[1], into: orders[0])
            try await bench.dsco("portal-cancel", orders[0])
            try await bench.pull(orders[0])
            try await bench.run(.push)
            try await bench.expect(orders[0], "2 cancelled_at_dsco")
            #expect(try await bench.view(orders[0]).lastError?.text?.contains("merged") == true)
            #expect(try await bench.lingXing(orders[1]) == [4])
        }
    }

    @Test(
        "never twice: the connection is cut around the call, the list is asked, and only what it lacks is sent again",
        arguments: [
            (Fault.Kind.cutAfter, "/pb/mp/order/v2/cancelOrder", true), (.cutBefore, "/pb/mp/order/v2/cancelOrder", true),
            (.cutAfter, "/basicOpen/wmsOrder/cancel", true), (.cutBefore, "/basicOpen/wmsOrder/cancel", true),
            (.cutAfter, "/pb/mp/order/v2/cancelOrder", false), (.garbage, "/pb/mp/order/v2/cancelOrder", false),
        ])
    func cut(_ fault: Fault.Kind, _ path: String, _ isReviewed: Bool) async throws {
        try await Bench.with(Self.cancelling) { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            if isReviewed { try await bench.staff("review", order) }
            try await bench.dsco("portal-cancel", order)
            try await bench.pull(order)
            bench.partners.sandbox.faults.add([Fault(.lingxing, path, fault, count: 1)])
            try await bench.run(.push)
            try await bench.expect(order, "2 cancelled_at_dsco")
            #expect(try await bench.detail(order).submissions.contains { $0.key == "cancel" && $0.state == .unknown })
            // Other stages keep off it meanwhile, and so does a person's release.
            try await bench.run(.ack)
            for _ in 0..<6 where try await bench.view(order).status != .cancelled {
                bench.pass(15)
                try await bench.freeSlots()
                try await bench.run(.push)
            }
            try await bench.expect(order, "6")
            #expect(try await bench.lingXing(order) == [7])
            let effects = try await bench.partners.effects()
            #expect(effects["lingxing"]?["orders_cancelled"]?.int == 1)
            try await bench.expectNoHarm()
        }
    }

    @Test("a person who lets it go on while its cancellation is in doubt is told what LingXing made of it")
    func releasedMeanwhile() async throws {
        try await Bench.with(Self.cancelling) { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            try await bench.dsco("portal-cancel", order)
            try await bench.pull(order)
            bench.partners.sandbox.faults.add([Fault(.lingxing, "/pb/mp/order/v2/cancelOrder", .cutAfter, count: 1)])
            try await bench.run(.push)
            try await bench.release(order)
            try await bench.run(.ack)
            #expect(bench.partners.calls("/dsco/order/acknowledge") == 0, "not while its cancellation is open")
            bench.pass(30)
            try await bench.run(.push, .ack)
            try await bench.expect(order, "2 cancelled_in_lingxing")
        }
    }

    @Test("switching cancel_in_lingxing on stops what is held already, and only that; switched off it is left alone")
    func switchedOn() async throws {
        try await Bench.with { bench in
            let orders = try await bench.orders([.plain, .plain, .plain])
            try await bench.run(.push)
            try await bench.dsco("portal-cancel", orders[0])
            try await bench.dsco("request-cancel", orders[1])
            try await bench.pull(orders[0], orders[1])
            try await bench.run(.ack, .push)
            #expect(bench.partners.calls("/lingxing/pb/mp/order/v2/cancelOrder") == 0)
            try await bench.configure(Self.cancelling)
            let taken = try await bench.run(.push, orders: [])
            #expect(taken == ["cancelling_advanced": 1])
            try await bench.expect(orders[0], "6")
            try await bench.expect(orders[1], "2 cancel_requested")
            #expect(try await bench.lingXing(orders[2]) == [4])
        }
    }

    @Test("a LingXing that refuses is asked three times, then a person has its words")
    func refused() async throws {
        try await Bench.with(Self.cancelling) { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: .pushed)
            try await bench.dsco("portal-cancel", order)
            try await bench.pull(order)
            // Refused as reviewed by whoever reviews it between our look and our call.
            bench.partners.sandbox.faults.add([Fault(.lingxing, "/pb/mp/order/v2/cancelOrder", .refuseRow, count: 9)])
            for _ in 0..<5 {
                try await bench.run(.push)
                bench.pass(60)
            }
            try await bench.expect(order, "2 cancelled_at_dsco")
            let view = try await bench.view(order)
            #expect(view.lastError?.code == "cancel_refused")
            #expect(view.nextAttempt == nil)
            #expect(bench.partners.calls("/lingxing/pb/mp/order/v2/cancelOrder") == 3)
        }
    }

    @Test(
        "asked to cancel: held wherever it stands until the request is withdrawn, then it goes on by itself",
        arguments: [OrderStatus.pulled, .pushed, .acknowledged])
    func requested(_ status: OrderStatus) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            if status == .pushed { try await bench.staff("review", order) }
            if status == .acknowledged { try await bench.staff("ship", order) }
            for _ in 1...2 {
                try await bench.dsco("request-cancel", order)
                try await bench.pull(order)
                try await bench.run(.push, .ack, .ship)
                try await bench.expect(order, "\(status.rawValue) cancel_requested")
                if status == .pushed { break }
                try await bench.release(order)
                // What a person accepted holds until it is withdrawn; asked again, it is news.
                try await bench.dsco("withdraw-cancel", order)
                try await bench.pull(order)
                #expect(try await bench.tells(order, "cancel request withdrawn"))
            }
            try await bench.dsco("withdraw-cancel", order)
            try await bench.pull(order)
            try await bench.run(.push, .ack, .ship)
            #expect(try await bench.view(order).status > status)
            try await bench.expectNoHarm()
        }
    }

    @Test("asked to cancel when the goods have left: on the timeline, and billed")
    func requestedTooLate() async throws {
        try await Bench.with { bench in
            // One unit stays at DSCO, so that a cancellation can still be asked for.
            let order = try await bench.order()
            try await bench.bring(order, to: .shipped)
            try await bench.dsco("add-unit", order)
            try await bench.dsco("request-cancel", order)
            try await bench.pull(order)
            try await bench.run(.invoice)
            try await bench.expect(order, "5")
        }
    }
}
