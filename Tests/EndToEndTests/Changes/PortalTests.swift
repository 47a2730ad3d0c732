import Domain
import Foundation
import Sandbox
import Store
import Testing

@Suite("An order that somebody else handles in DSCO's portal", .timeLimit(.minutes(5)))
struct PortalTests {
    @Test("acknowledged: it rides on, and is not acknowledged again", arguments: [OrderStatus.pulled, .pushed])
    func acknowledged(_ status: OrderStatus) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            try await bench.dsco("portal-acknowledge", order)
            try await bench.pull(order)
            try await bench.bring(order, to: .invoiced)
            #expect(bench.partners.calls("/dsco/order/acknowledge") == 0)
            try await bench.expectNoHarm()
        }
    }

    @Test(
        "shipped whole: held wherever it stands before our shipment, so that nobody ships it again",
        arguments: [OrderStatus.pulled, .pushed, .acknowledged])
    func shipped(_ status: OrderStatus) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            try await bench.dsco("portal-ship", order)
            try await bench.pull(order)
            try await bench.run(.push, .ack, .ship)
            try await bench.expect(order, "\(status.rawValue) completed_at_dsco")
            #expect(try await bench.trackingAtDSCO(order).isEmpty)
            try await bench.expectNoHarm()
        }
    }

    @Test(
        "shipped in part: held wherever it stands; released, the rest is ours to ship",
        arguments: [OrderStatus.pulled, .pushed, .acknowledged])
    func shippedInPart(_ status: OrderStatus) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            try await bench.dsco("portal-ship-unit", order)
            try await bench.pull(order)
            try await bench.run(.push, .ack, .ship)
            try await bench.expect(order, "\(status.rawValue) partly_shipped_elsewhere")
            try await bench.release(order)
            if status == .pulled {
                try await bench.bring(order, to: .invoiced)
            } else {
                // LingXing has the units of both, and ships them: only what is left is told.
                try await bench.staff("ship", order)
                try await bench.run(.ack, .ship)
                try await bench.expect(order, "3 quantity_mismatch")
                try await bench.release(order)
                try await bench.run(.ship, .invoice)
                try await bench.expect(order, "5")
            }
            try await bench.expectNoHarm()
        }
    }

    @Test("acknowledged, shipped or invoiced by us already: nothing changes", arguments: [OrderStatus.shipped, .invoiced])
    func afterUs(_ status: OrderStatus) async throws {
        try await Bench.with { bench in
            let order = try await bench.order()
            try await bench.bring(order, to: status)
            try await bench.dsco("portal-acknowledge", order)
            try await bench.dsco("portal-ship", order)
            try await bench.pull(order)
            try await bench.run(.push, .ack, .ship, .invoice)
            try await bench.expect(order, "5")
            try await bench.expectNoHarm()
        }
    }
}
