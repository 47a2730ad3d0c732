import Domain
import FoundationEssentials
import PostgreSQL
import Testing

@testable import Store

@Suite("Stock figures")
struct StockStoreTests {
    private func figure(_ sku: String, _ quantity: Int) -> StockFigure {
        StockFigure(sku: sku, warehouses: [.init(code: "W1", quantity: quantity), .init(code: "W2", quantity: 0)])
    }

    private func stock(_ store: StoreFixture) -> StockStore { StockStore(session: store.session, runID: store.runID) }

    @Test("Units of the orders that LingXing does not know yet are counted by SKU and warehouse, less what was cancelled")
    func pendingUnits() async throws {
        try await StoreFixture.run { store in
            let orders: [PulledOrder] = [
                .sample("1") { $0.requestedWarehouseCode = "W1" },
                .sample("2") { $0.requestedWarehouseCode = "W1" },
                .sample("3") { $0.lines[0].cancelledQuantity = 1 },
                .sample("4") { $0.lines[0].cancelledQuantity = 2 },
            ]
            _ = try await store.pull(PulledPage(orders: orders))
            try await store.put("5", status: .pushed)
            #expect(
                try await stock(store).pendingUnits() == [
                    PendingUnits(sku: "SKU-1", warehouseCode: "W1", units: 4), PendingUnits(sku: "SKU-1", warehouseCode: nil, units: 1),
                ])
        }
    }

    @Test("One figure a SKU is under way; a settled one becomes the SKU's level and its row goes")
    func settle() async throws {
        try await StoreFixture.run { store in
            let stock = stock(store)
            let first = try await stock.intend([figure("B", 2), figure("A", 1)], deadline: store.now, now: store.now)
            #expect(first.keys.sorted() == ["A", "B"])
            let second = try await stock.intend([figure("A", 9), figure("C", 3)], deadline: store.now, now: store.now)
            #expect(second.keys.sorted() == ["C"])
            #expect(try await stock.open().map(\.key) == ["A", "B", "C"])

            let id = try #require(first["A"])
            let history = StockHistoryRow(sku: "A", warehouseCode: "W1", lingXingQuantity: 1, dscoQuantity: 4, result: .confirmed)
            try await stock.settle([StockSettlement(id: id, figure: figure("A", 1), end: .confirmed)], history: [history], now: store.now)
            let level = try #require(try await stock.levels()["A"])
            #expect(level.warehouses == figure("A", 1).warehouses)
            #expect(level.confirmedAt == store.now)
            #expect(try await stock.open().map(\.key) == ["B", "C"])
            let row = try await store.pool.query("select difference, result from dsco_warehouse_sync")[0]
            #expect(try row.decode("difference", as: Int.self) == -3)
            #expect(try await stock.intend([figure("A", 9)], deadline: store.now, now: store.now).count == 1)
        }
    }

    @Test("A refusal keeps the last confirmed figure, an unknown SKU is remembered, a superseded row says nothing")
    func refusals() async throws {
        try await StoreFixture.run { store in
            let stock = stock(store)
            var ids = try await stock.intend([figure("A", 1)], deadline: store.now, now: store.now)
            try await stock.settle([StockSettlement(id: try #require(ids["A"]), figure: figure("A", 1), end: .confirmed)], history: [], now: store.now)
            ids = try await stock.intend([figure("A", 2), figure("B", 1), figure("C", 1)], deadline: store.now, now: store.now)
            let settlements = [
                StockSettlement(id: try #require(ids["A"]), figure: figure("A", 2), end: .refused(words: "bad quantity")),
                StockSettlement(id: try #require(ids["B"]), figure: figure("B", 1), end: .unknownSKU(words: "no such sku")),
                StockSettlement(id: try #require(ids["C"]), figure: figure("C", 1), end: .superseded),
            ]
            try await stock.settle(settlements, history: [], now: store.now)
            let levels = try await stock.levels()
            #expect(levels["A"]?.warehouses == figure("A", 1).warehouses)
            #expect(levels["A"]?.lastError == "bad quantity")
            #expect(levels["B"]?.unknownAt == store.now)
            #expect(levels["B"]?.warehouses == nil)
            #expect(levels["C"] == nil)
            #expect(try await stock.open().isEmpty)
            // Settled twice changes nothing.
            try await stock.settle([StockSettlement(id: try #require(ids["C"]), figure: figure("C", 1), end: .confirmed)], history: [], now: store.now)
            #expect(try await stock.levels()["C"] == nil)
        }
    }

    @Test("Passes in which LingXing did not list a SKU are counted until it is listed again")
    func missing() async throws {
        try await StoreFixture.run { store in
            let stock = stock(store)
            let ids = try await stock.intend([figure("A", 1)], deadline: store.now, now: store.now)
            try await stock.settle([StockSettlement(id: try #require(ids["A"]), figure: figure("A", 1), end: .confirmed)], history: [], now: store.now)
            for _ in 1...2 { try await stock.notePass(listed: [], missing: ["A", "unheard of"], now: store.now) }
            #expect(try await stock.levels()["A"]?.missingPasses == 2)
            try await stock.notePass(listed: ["A"], missing: [], now: store.now)
            #expect(try await stock.levels()["A"]?.missingPasses == 0)
        }
    }

    @Test("The daily full pass is remembered")
    func fullPass() async throws {
        try await StoreFixture.run { store in
            #expect(try await stock(store).lastFullPass() == nil)
            try await stock(store).noteFullPass(now: store.now)
            #expect(try await stock(store).lastFullPass() == store.now)
        }
    }
}
