import Domain
import Foundation
import JSON
import Pipeline
import StageRunner
import Store
import Testing

@testable import Stock

@Suite("A stock pass that did not see everything takes nothing off the shelf")
struct StockPassTests {
    /// LingXing with these warehouses and these rows of stock in each.
    private func lingXing(_ depot: Depot, warehouses: [JSON], rows: [JSON], total: Int? = nil) {
        depot.lingXingWire.answer { asked in
            let isStock = asked.path.hasSuffix("/inventoryDetails")
            let data = isStock ? rows : asked.body["type"]?.int == 1 ? warehouses : []
            let count = isStock ? total ?? rows.count : data.count
            return .json(["code": 0, "data": .array(data), "total": .number(JSONNumber(count))])
        }
        depot.dscoWire.answer { asked in asked.isWrite ? .json(["success": true], 201) : .json(.log([])) }
    }

    private static func row(_ sku: String, _ quantity: JSON) -> JSON {
        ["wid": "1", "sku": .string(sku), "product_valid_num": quantity]
    }

    /// DSCO has confirmed 5 units of A.
    private func confirmed(_ depot: Depot) async throws -> StockStore {
        depot.configure { $0.mapping.warehouse = ["W": "1"] }
        let store = StockStore(session: depot.session, runID: UUID())
        let figure = StockFigure(sku: "A", warehouses: [.init(code: "W", quantity: 5)])
        let ids = try await store.intend([figure], deadline: depot.now, now: depot.now)
        try await store.settle(
            [StockSettlement(id: try #require(ids["A"]), figure: figure, end: .confirmed)], now: depot.now)
        return store
    }

    /// The next day's pass.
    private func pass(_ depot: Depot) async throws {
        depot.pass(86_400)
        _ = try await StockBody(depot.dsco, depot.lingXing, timing: Depot.timing).run(
            Tick(id: "t", stage: .stock, trigger: .schedule), depot.context(.stock))
    }

    private func sent(_ depot: Depot) -> [String] {
        depot.dscoWire.asked.filter(\.isWrite).flatMap { $0.body.array ?? [$0.body] }.compactMap { $0["sku"]?.string }
    }

    @Test(
        "A list of warehouses that lacks a mapped one sends nothing, however often",
        arguments: [[], ["not a row"]] as [[JSON]])
    func unlisted(warehouses: [JSON]) async throws {
        try await Depot.run { depot in
            let store = try await confirmed(depot)
            lingXing(depot, warehouses: warehouses, rows: [Self.row("A", 5)])
            for _ in 0..<3 { await #expect(throws: (any Error).self) { try await pass(depot) } }
            #expect(sent(depot).isEmpty)
            #expect(try await store.levels()["A"]?.missingPasses == 0)
        }
    }

    @Test("A list of stock that is shorter than its total sends nothing, however often")
    func short() async throws {
        try await Depot.run { depot in
            let store = try await confirmed(depot)
            lingXing(depot, warehouses: [["wid": 1, "name": "W", "is_delete": 0]], rows: [Self.row("B", 3)], total: 2)
            for _ in 0..<3 { await #expect(throws: (any Error).self) { try await pass(depot) } }
            #expect(sent(depot).isEmpty)
            #expect(try await store.levels()["A"]?.missingPasses == 0)
        }
    }

    @Test("A row whose quantity cannot be read leaves its SKU as DSCO has it; the others are sent")
    func unreadable() async throws {
        try await Depot.run { depot in
            let store = try await confirmed(depot)
            lingXing(
                depot, warehouses: [["wid": 1, "name": "W", "is_delete": 0]], rows: [Self.row("A", "?"), Self.row("B", 3)])
            for _ in 0..<3 { try await pass(depot) }
            #expect(sent(depot) == ["B", "B", "B"])
            #expect(try await store.levels()["A"]?.missingPasses == 0)
        }
    }
}
