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
                    .init(sku: "SKU-1", warehouseCode: "W1", quantity: 4), .init(sku: "SKU-1", warehouseCode: nil, quantity: 1),
                ])
        }
    }

    /// SKU-1's figure, confirmed a minute after it was sent.
    private func confirmedLate(_ store: StoreFixture) async throws -> StockStore {
        let stock = stock(store)
        for sku in ["SKU-1", "OTHER"] {
            let ids = try await stock.intend([figure(sku, 1)], deadline: store.now, now: store.now)
            try await stock.settle(
                ids.map { StockSettlement(id: $0.value, figure: figure($0.key, 1), end: .confirmed) },
                now: store.now.addingTimeInterval(60))
        }
        return stock
    }

    @Test("A SKU whose order came before its figure went on its way has not moved; one that came while it was confirmed has")
    func movedByNewOrders() async throws {
        try await StoreFixture.run { store in
            let stock = try await confirmedLate(store)
            _ = try await store.pull(PulledPage(orders: [.sample("1")]), at: store.now.addingTimeInterval(-60))
            let strange = PulledOrder.sample("2") { $0.lines[0].sku = "STRANGE" }
            _ = try await store.pull(PulledPage(orders: [strange]), at: store.now.addingTimeInterval(90))
            #expect(try await stock.movedSKUs().isEmpty)
            _ = try await store.pull(PulledPage(orders: [.sample("4")]), at: store.now.addingTimeInterval(30))
            #expect(try await stock.movedSKUs() == ["SKU-1"])
        }
    }

    @Test(
        "A SKU has moved when units of its order are cancelled, wherever the order stands; whatever else changes moves nothing",
        arguments: [OrderStatus.pulled, .pushed, .shipped])
    func movedByChanges(status: OrderStatus) async throws {
        try await StoreFixture.run { store in
            let stock = try await confirmedLate(store)
            _ = try await store.pull(PulledPage(orders: [.sample("1"), .sample("2")]), at: store.now.addingTimeInterval(-60))
            for id in ["1", "2"] { try await store.set(PulledOrder.sample(id).key, "status = \(status.rawValue)") }
            let news = store.now.addingTimeInterval(30)
            func refresh(_ id: String, _ change: (inout Order) -> Void) async throws {
                #expect(try await store.pull(PulledPage(orders: [.sample(id, adjust: change)]), at: news).refreshed == 1)
            }
            try await refresh("1") { $0.shipping.city = "Elsewhere" }
            #expect(try await stock.movedSKUs().isEmpty)
            try await refresh("1") { $0.lines[0].cancelledQuantity = 1 }
            #expect(try await stock.movedSKUs() == ["SKU-1"])
            try await store.pool.query("delete from stock_move")
            try await refresh("2") { $0.dscoStatus = .cancelled }
            #expect(try await stock.movedSKUs() == ["SKU-1"])
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
            let history = StockHistoryRow(sku: "A", warehouseCode: "W1", lingXingQuantity: 1, dscoQuantity: 4, result: .sent)
            try await stock.record([history], now: store.now)
            try await stock.settle([StockSettlement(id: id, figure: figure("A", 1), end: .confirmed)], now: store.now)
            let level = try #require(try await stock.levels()["A"])
            #expect(level.confirmed == figure("A", 1))
            #expect(level.confirmedAt == store.now)
            #expect(try await stock.open().map(\.key) == ["B", "C"])
            let row = try await store.pool.query("select difference, result from dsco_warehouse_sync")[0]
            #expect(try row.decode("difference", as: Int.self) == -3)
            #expect(try row.decode("result", as: String.self) == "confirmed")
            #expect(try await stock.intend([figure("A", 9)], deadline: store.now, now: store.now).count == 1)
        }
    }

    @Test("A refusal keeps the last confirmed figure, an unknown SKU is remembered, a superseded one leaves DSCO's figure unsure")
    func refusals() async throws {
        try await StoreFixture.run { store in
            let stock = stock(store)
            var ids = try await stock.intend([figure("A", 1)], deadline: store.now, now: store.now)
            try await stock.settle(
                [StockSettlement(id: try #require(ids["A"]), figure: figure("A", 1), end: .confirmed)], now: store.now)
            ids = try await stock.intend([figure("A", 2), figure("B", 1), figure("C", 1)], deadline: store.now, now: store.now)
            let settlements = [
                StockSettlement(id: try #require(ids["A"]), figure: figure("A", 2), end: .refused(words: "bad quantity")),
                StockSettlement(id: try #require(ids["B"]), figure: figure("B", 1), end: .unknownSKU(words: "no such sku")),
                StockSettlement(id: try #require(ids["C"]), figure: figure("C", 1), end: .superseded),
            ]
            try await stock.settle(settlements, now: store.now)
            let levels = try await stock.levels()
            #expect(levels["A"]?.confirmed == figure("A", 1))
            #expect(
                try await store.pool.query("select last_error from stock_level where sku = 'A'")[0].decode(0) == "bad quantity")
            #expect(levels["B"]?.unknownAt == store.now)
            #expect(levels["B"]?.confirmed == nil)
            #expect(levels["C"]?.confirmed == figure("C", 1))
            #expect(levels["C"]?.confirmedAt == nil)
            #expect(try await stock.open().isEmpty)
            // Settled twice changes nothing.
            try await stock.settle(
                [StockSettlement(id: try #require(ids["C"]), figure: figure("C", 1), end: .confirmed)], now: store.now)
            #expect(try await stock.levels()["C"]?.confirmedAt == nil)

            ids = try await stock.intend([figure("A", 3)], deadline: store.now, now: store.now)
            try await stock.settle(
                [StockSettlement(id: try #require(ids["A"]), figure: figure("A", 3), end: .superseded)], now: store.now)
            #expect(try await stock.levels()["A"]?.confirmed == figure("A", 1))
            #expect(try await stock.levels()["A"]?.confirmedAt == nil)
        }
    }

    @Test("Passes in which LingXing did not list a SKU are counted until it is listed again")
    func missing() async throws {
        try await StoreFixture.run { store in
            let stock = stock(store)
            let ids = try await stock.intend([figure("A", 1)], deadline: store.now, now: store.now)
            try await stock.settle(
                [StockSettlement(id: try #require(ids["A"]), figure: figure("A", 1), end: .confirmed)], now: store.now)
            try await stock.note(missingPasses: ["A": 2, "unheard of": 1], now: store.now)
            #expect(try await stock.levels().mapValues(\.missingPasses) == ["A": 2])
        }
    }
}
