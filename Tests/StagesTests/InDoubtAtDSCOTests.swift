import Ack
import DSCO
import Domain
import Foundation
import JSON
import PartnerHTTP
import PostgreSQL
import StageRunner
import Store
import Testing

@Suite("An acknowledgement in doubt is looked for in the object and in the change log")
struct InDoubtAtDSCOTests {
    /// LingXing shows every order reviewed; DSCO's order shows what `lifecycle` says of it.
    private func reviewed(_ depot: Depot) {
        depot.lingXingWire.answer { asked in
            let numbers = (asked.body["platform_order_nos"]?.array ?? []).compactMap(\.string)
            let rows = numbers.map { number -> JSON in
                [
                    "global_order_no": .string("9\(number.dropFirst(3))"), "store_id": "77", "status": 5,
                    "platform_info": [["platform_order_no": .string(number)]],
                ]
            }
            return .json(["code": 0, "data": ["total": .number(JSONNumber(rows.count)), "list": .array(rows)]])
        }
    }

    /// DSCO after it lost the answer to an acknowledgement.
    private func dsco(
        _ depot: Depot, log: [JSON] = [], progress: String? = nil,
        order: @escaping @Sendable (String) -> PartnerWire.Reply = { .json([Depot.payload($0)]) },
        send: PartnerWire.Reply = .lost
    ) {
        depot.dscoWire.answer { asked in
            switch asked.path {
            case "/api/v3/order/acknowledge": send
            case "/api/v3/order/log": .json(.log(log, progress: progress, status: asked.query["status"]))
            case "/api/v3/order/": order(asked.query["value"] ?? "")
            default: .text("", 500)
            }
        }
    }

    private func stage(_ depot: Depot) -> AckStage {
        AckStage(depot.dsco, depot.lingXing, timing: Depot.timing, lingXingSettling: 10)
    }

    private func sent(_ depot: Depot) -> Int { depot.dscoWire.asked("/acknowledge").count }

    private func entry(_ id: String, _ status: String, at date: Date, words: String? = nil) -> JSON {
        .logRow(["id": .string("PO-\(id)"), "type": "PO_NUMBER"], status, at: date, words: words)
    }

    @Test("however many requests DSCO is slow to tell of, asking leaves time to send: the oldest is asked about first")
    func manyRequests() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            for id in ["1", "2", "3"] {
                try await depot.put(id, .pushed)
                dsco(depot, send: .json(["status": "pending", "requestId": .string("R\(id)"), "eventDate": "x"], 202))
                try await depot.run(stage(depot))
            }
            depot.pass(100)
            let context = depot.context(.ack, budget: .zero)
            _ = try await OrderRun(stage(depot), context) { try DSCOOrderDecoder.decode($0) }.execute()
            #expect(depot.dscoWire.asked("/order/log").compactMap { $0.query["requestId"] } == ["R1"])
            #expect(try await depot.order("3").waiting == .confirming)
        }
    }

    @Test("a success in the log of the time of sending settles it, however long the order lags behind")
    func logByTime() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            dsco(depot)
            try await depot.run(stage(depot))
            #expect(try await depot.ledger() == ["1 ack unknown"])

            dsco(depot, log: [entry("1", "success", at: depot.now.addingTimeInterval(2))])
            depot.pass(1000)
            try await depot.run(stage(depot))
            #expect(try await depot.ledger() == ["1 ack confirmed"])
            #expect(try await depot.order("1").status == .acknowledged)
            #expect(sent(depot) == 1)
            let query = try #require(depot.dscoWire.asked("/order/log").first?.query)
            #expect(query["startDate"] != nil && query["endDate"] != nil && query["requestId"] == nil)
        }
    }

    @Test("a refusal in the log is DSCO's answer: kept with its words, not sent again blindly")
    func refusalByTime() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            dsco(depot, log: [entry("1", "failure", at: depot.now.addingTimeInterval(1), words: "no such thing")])
            try await depot.run(stage(depot))
            depot.pass(30)
            try await depot.run(stage(depot))
            let order = try await depot.order("1")
            #expect(try await depot.ledger() == ["1 ack rejected"])
            #expect(order.attempts == 1 && order.lastError?.text == "no such thing")
            #expect(sent(depot) == 1)
        }
    }

    @Test(
        "an order that the retailer cancelled meanwhile is not taken for acknowledged: it is held, and nothing is sent again",
        arguments: [true, false])
    func cancelled(isRefused: Bool) async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            let cancelled: @Sendable (String) -> PartnerWire.Reply = {
                .json([Depot.payload($0, status: "cancelled", lifecycle: "completed")])
            }
            let log = isRefused ? [entry("1", "failure", at: depot.now.addingTimeInterval(1), words: "it is cancelled")] : []
            dsco(depot, log: log, order: cancelled)
            try await depot.run(stage(depot))
            for _ in 0..<3 {
                depot.pass(200)
                try await depot.run(stage(depot))
            }
            let order = try await depot.order("1")
            #expect(order.status == .pushed)
            #expect(order.hold?.reason == .cancelledAtDSCO)
            #expect(order.lastError?.text == (isRefused ? "it is cancelled" : nil))
            #expect(try await depot.ledger() == ["1 ack rejected"])
            #expect(sent(depot) == 1)
        }
    }

    @Test("what a person let go on in spite of the cancellation is refused like anything else, and not held as cancelled again")
    func accepted() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            try await depot.pool.query(
                #"update dsco_order_sync set accepted_holds = '[{"reason":"cancelled_at_dsco","facts":""}]'"#)
            let log = [entry("1", "failure", at: depot.now.addingTimeInterval(1), words: "it is cancelled")]
            dsco(depot, log: log) { .json([Depot.payload($0, status: "cancelled", lifecycle: "completed")]) }
            try await depot.run(stage(depot))
            depot.pass(30)
            try await depot.run(stage(depot))
            let order = try await depot.order("1")
            #expect(order.hold == nil && order.waiting == .backingOff)
            #expect(order.attempts == 1 && order.lastError?.text == "it is cancelled")
        }
    }

    @Test("a refusal of an earlier try says nothing about this one")
    func olderRefusal() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            dsco(depot, log: [entry("1", "failure", at: depot.now.addingTimeInterval(-30), words: "old")])
            try await depot.run(stage(depot))
            depot.pass(30)
            try await depot.run(stage(depot))
            #expect(try await depot.ledger() == ["1 ack unknown"])
            #expect(try await depot.order("1").attempts == 0)
        }
    }

    @Test("a log row that is pending says nothing yet, however often the order is looked at")
    func pending() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            dsco(depot, log: [entry("1", "pending", at: depot.now.addingTimeInterval(2))])
            for _ in 0..<6 {
                try await depot.run(stage(depot))
                depot.pass(60)
            }
            #expect(try await depot.ledger() == ["1 ack unknown"])
            #expect(sent(depot) == 1)
        }
    }

    @Test("a request that DSCO still works through is not sent again, however late and however often the order is looked at")
    func processing() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            dsco(depot, progress: "PROCESSING", send: .json(["status": "pending", "requestId": "R1", "eventDate": "x"], 202))
            for _ in 0..<6 {
                try await depot.run(stage(depot))
                depot.pass(13 * Depot.timing.settling)
            }
            #expect(try await depot.ledger() == ["1 ack accepted"])
            #expect(sent(depot) == 1)

            dsco(depot, progress: "COMPLETED")
            for _ in 0..<3 {
                try await depot.run(stage(depot))
                depot.pass(13 * Depot.timing.settling)
            }
            #expect(sent(depot) == 2, "finished without it: it may be sent again")
        }
    }

    @Test("a 202 is a receipt: while its log row is pending the order stays where it is")
    func receipt() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            dsco(
                depot, log: [entry("1", "pending", at: depot.now.addingTimeInterval(2))],
                send: .json(["status": "pending", "requestId": "R1", "eventDate": "x"], 202))
            for _ in 0..<3 {
                try await depot.run(stage(depot))
                depot.pass(60)
            }
            #expect(try await depot.ledger() == ["1 ack accepted"])
            #expect(try await depot.order("1").status == .pushed)
            #expect(sent(depot) == 1)
        }
    }

    @Test("what neither shows is sent again after the settling time and a second look")
    func lacking() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            dsco(depot)
            try await depot.run(stage(depot))
            for _ in 0..<10 where sent(depot) == 1 {
                depot.pass(60)
                try await depot.run(stage(depot))
            }
            #expect(sent(depot) == 2)
        }
    }

    @Test(
        "one order that cannot be looked at keeps no other",
        arguments: [
            PartnerWire.Reply.json(["status": "failure", "requestId": "r", "messages": []], 400),
            .json(["status": "failure", "requestId": "r", "messages": []], 404), .text("<html>", 200), .text("{", 200),
            .text("oops", 500),
        ])
    func alone(reply: PartnerWire.Reply) async throws {
        try await Depot.run { depot in
            reviewed(depot)
            for id in ["1", "2", "3"] { try await depot.put(id, .pushed) }
            dsco(depot)
            try await depot.run(stage(depot))

            dsco(depot, order: { $0 == "2" ? reply : .json([Depot.payload($0, lifecycle: "acknowledged")]) })
            depot.pass(200)
            try await depot.run(stage(depot))
            #expect(try await depot.ledger() == ["1 ack confirmed", "2 ack unknown", "3 ack confirmed"])
            #expect(try await depot.order("2").hold == nil)
        }
    }

    @Test("an order that DSCO fails on is held by no outage, however long it lasts; one that it does not show is a person's")
    func outageHoldsNobody() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            for id in ["1", "2"] { try await depot.put(id, .pushed) }
            dsco(depot)
            try await depot.run(stage(depot))
            dsco(depot, order: { $0 == "2" ? .text("oops", 500) : .json([Depot.payload($0)]) })
            depot.pass(5000)
            try await depot.run(stage(depot))
            #expect(try await depot.order("2").hold == nil)

            dsco(depot, order: { $0 == "2" ? .json([]) : .json([Depot.payload($0)]) })
            depot.pass(60)
            try await depot.run(stage(depot))
            #expect(try await depot.order("2").hold?.reason == .inDoubt)
        }
    }

    @Test("another order that answers to the number says nothing about this one")
    func stranger() async throws {
        try await Depot.run { depot in
            reviewed(depot)
            try await depot.put("1", .pushed)
            // The other order under the number is acknowledged.
            dsco(depot) { _ in .json([Depot.payload("2", lifecycle: "acknowledged")]) }
            try await depot.run(stage(depot))
            depot.pass(1000)
            try await depot.run(stage(depot))
            #expect(try await depot.order("1").status == .pushed)
            #expect(try await depot.ledger() == ["1 ack unknown"])
        }
    }
}
