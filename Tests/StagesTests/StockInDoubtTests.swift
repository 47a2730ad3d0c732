import Domain
import Foundation
import JSON
import PartnerHTTP
import PostgreSQL
import StageRunner
import Store
import Testing

@testable import Stock

@Suite("Stock figures in doubt")
struct StockInDoubtTests {
    private static func figure(_ sku: String, _ quantity: Int = 5) -> StockFigure {
        StockFigure(sku: sku, warehouses: [.init(code: "W", quantity: quantity)])
    }

    private static func item(_ sku: String, _ quantity: Int = 5) -> JSON {
        ["sku": .string(sku), "warehouses": [["code": "W", "quantity": .number(JSONNumber(quantity))]]]
    }

    private func sender(_ depot: Depot) -> (FigureSender, StockStore) {
        let context = depot.context(.stock)
        let store = StockStore(session: depot.session, runID: context.runID)
        return (FigureSender(depot.dsco, store, Depot.timing, context), store)
    }

    /// Figures whose sender died a while ago.
    private func doubt(_ depot: Depot, _ store: StockStore, _ skus: [String]) async throws {
        _ = try await store.intend(
            skus.map { Self.figure($0) }, deadline: depot.now.addingTimeInterval(Depot.timing.permission), now: depot.now)
        depot.pass(500)
    }

    @Test("are asked of the log at once, and only the others one by one")
    func logFirst() async throws {
        try await Depot.run { depot in
            let (sender, store) = sender(depot)
            try await doubt(depot, store, ["A", "B", "C", "D"])
            let sent = depot.now.addingTimeInterval(-490)
            depot.dscoWire.answer { asked in
                if asked.path.hasSuffix("/inventory/log") {
                    return .json(
                        .log([
                            .logRow(Self.item("A"), "success", at: sent),
                            // Another figure of the SKU, and a refusal from before.
                            .logRow(Self.item("B", 9), "success", at: sent),
                            .logRow(Self.item("C"), "failure", at: sent.addingTimeInterval(-40), words: "old"),
                        ]))
                }
                let sku = asked.query["value"] ?? ""
                return .json(Self.item(sku, sku == "C" ? 5 : 1))
            }
            #expect(try await sender.resolve(try await store.open()) == ["confirmed": 2, "superseded": 2])
            #expect(depot.dscoWire.asked("/inventory/log").count == 1)
            #expect(Set(depot.dscoWire.asked("/inventory").map { $0.query["value"] }) == ["B", "C", "D"])
            #expect(try await store.open().isEmpty)
            let levels = try await store.levels()
            #expect(levels["A"]?.confirmedAt != nil && levels["C"]?.confirmedAt != nil && levels["B"]?.confirmedAt == nil)
        }
    }

    @Test("are left alone until the settling time after their deadline")
    func settling() async throws {
        try await Depot.run { depot in
            let (sender, store) = sender(depot)
            _ = try await store.intend([Self.figure("A")], deadline: depot.now, now: depot.now)
            depot.pass(Depot.timing.settling - 1)
            _ = try await sender.resolve(try await store.open())
            #expect(depot.dscoWire.asked.isEmpty)
            #expect(try await store.open().map(\.key) == ["A"])
        }
    }

    @Test("stay open when no answer came, and nothing is sent beside them", arguments: [["A"], ["A", "B"]])
    func unanswered(_ skus: [String]) async throws {
        try await Depot.run { depot in
            let (sender, store) = sender(depot)
            depot.dscoWire.answer { _ in .lost }
            for _ in 0..<2 { _ = try await sender.send(skus.map { Self.figure($0) }) }
            #expect(depot.dscoWire.asked.filter(\.isWrite).count == 1)
            #expect(try await store.open().map(\.key) == skus)
        }
    }

    @Test(
        "one that cannot be looked at keeps no other",
        arguments: [
            (PartnerWire.Reply.text("oops", 500), ["B"]), (.text("<html>", 200), []),
            (.json(["status": "failure", "requestId": "r", "messages": []], 400), []),
        ] as [(PartnerWire.Reply, [String])])
    func alone(reply: PartnerWire.Reply, left: [String]) async throws {
        try await Depot.run { depot in
            let (sender, store) = sender(depot)
            try await doubt(depot, store, ["A", "B", "C"])
            depot.dscoWire.answer { asked in
                if asked.path.hasSuffix("/inventory/log") { return .json(.log([])) }
                let sku = asked.query["value"] ?? ""
                return sku == "B" ? reply : .json(Self.item(sku))
            }
            _ = try await sender.resolve(try await store.open())
            #expect(try await store.open().map(\.key) == left)
            #expect(try await store.levels()["C"]?.confirmedAt != nil)
        }
    }

    @Test("what was settled stays so when DSCO goes down in the middle; only so many are looked at a run")
    func asYouGo() async throws {
        try await Depot.run { depot in
            let (sender, store) = sender(depot)
            let skus = (100..<350).map { "S\($0)" }
            try await doubt(depot, store, skus)
            depot.dscoWire.answer { asked in
                if asked.path.hasSuffix("/inventory/log") { return .json(.log([])) }
                let sku = asked.query["value"] ?? ""
                return sku >= "S140" ? .text("", 503) : .json(Self.item(sku))
            }
            await #expect(throws: PartnerError.self) { _ = try await sender.resolve(try await store.open()) }
            #expect(try await store.open().count == 210)

            depot.dscoWire.answer { asked in
                asked.path.hasSuffix("/inventory/log") ? .json(.log([])) : .json(Self.item(asked.query["value"] ?? ""))
            }
            depot.dscoWire.forget()
            // Another worker, whose circuit is closed.
            let context = depot.context(.stock)
            let next = FigureSender(
                depot.anotherDSCO(), StockStore(session: depot.session, runID: context.runID), Depot.timing, context)
            _ = try await next.resolve(try await store.open())
            #expect(try await store.open().count == 10)
        }
    }

    @Test("a figure whose log row is awaited is not given up at the settling time")
    func awaited() async throws {
        try await Depot.run { depot in
            let (sender, store) = sender(depot)
            let ids = try await store.intend(
                [Self.figure("A")], deadline: depot.now.addingTimeInterval(Depot.timing.permission), now: depot.now)
            try await store.accept(ids.values.map { ($0, "R1") }, now: depot.now)
            depot.dscoWire.answer { asked in
                asked.path.hasSuffix("/inventory/log") ? .json(.log([], progress: "PROCESSING")) : .json(Self.item("A", 1))
            }
            depot.pass(500)
            _ = try await sender.resolve(try await store.open())
            #expect(try await store.open().count == 1)
            depot.pass(800)
            _ = try await sender.resolve(try await store.open())
            #expect(try await store.open().isEmpty)
        }
    }

    @Test("a single figure goes to the endpoint that answers at once; a refusal without a reason is sent alone to learn it")
    func atOnce() async throws {
        try await Depot.run { depot in
            let (sender, _) = sender(depot)
            depot.dscoWire.answer { asked in
                switch asked.path {
                case "/api/v3/inventory/singleItem":
                    asked.body["sku"] == "B"
                        ? .json(
                            [
                                "status": "failure", "requestId": "r",
                                "messages": [["code": "X", "severity": "error", "description": "why"]],
                            ],
                            400)
                        : .json(["success": true], 201)
                case "/api/v3/inventory/batch/small": .json(["status": "pending", "requestId": "R1", "eventDate": "x"], 202)
                case "/api/v3/inventory/log":
                    .json(
                        .log(
                            ["B", "C"].map { .logRow(Self.item($0), $0 == "B" ? "failure" : "success", at: depot.now) },
                            progress: "COMPLETED"))
                default: .json(Self.item("B", 1))
                }
            }
            #expect(try await sender.send([Self.figure("A")]) == ["confirmed": 1])
            #expect(depot.dscoWire.asked("/batch/small").isEmpty)
            #expect(try await sender.send([Self.figure("B"), Self.figure("C")]) == ["confirmed": 1, "refused": 1])
            let rows = try await depot.pool.query("select last_error from stock_level where sku = 'B'")
            #expect(try rows[0].decode("last_error", as: String?.self) == "why")
        }
    }

    private static let refusal = PartnerWire.Reply.json(
        ["status": "failure", "requestId": "r", "messages": [["code": "X", "severity": "error", "description": "why"]]], 400)

    @Test("a batch that is refused as a whole is halved until the figure to blame stands alone")
    func halved() async throws {
        try await Depot.run { depot in
            let (sender, store) = sender(depot)
            let skus = ["A", "B", "BAD", "C", "D"]
            depot.dscoWire.answer { asked -> PartnerWire.Reply in
                switch asked.path {
                case "/api/v3/inventory/batch/small":
                    let asksForBad = (asked.body.array ?? []).contains { item in item["sku"]?.string == "BAD" }
                    return asksForBad ? Self.refusal : .json(["status": "pending", "requestId": "R1", "eventDate": "x"], 202)
                case "/api/v3/inventory/log":
                    let rows = skus.map { sku in JSON.logRow(Self.item(sku), "success", at: depot.now) }
                    return .json(.log(rows, progress: "COMPLETED"))
                default:
                    return .json(Self.item(asked.query["value"] ?? "", 1))
                }
            }
            let counts = try await sender.send(skus.map { Self.figure($0) })
            #expect(counts == ["confirmed": 4, "refused": 1])
            #expect(try await store.open().isEmpty)
        }
    }

    @Test("a figure that is refused is refused, also when DSCO cannot be asked whether it knows the SKU")
    func refusedWithoutLook() async throws {
        try await Depot.run { depot in
            let (sender, store) = sender(depot)
            depot.dscoWire.answer { asked in asked.isWrite ? Self.refusal : .text("", 401) }
            let counts = try await sender.send([Self.figure("A")])
            #expect(counts == ["refused": 1])
            #expect(try await store.open().isEmpty)
        }
    }
}
