import FoundationEssentials
import Testing

@testable import Domain

@Suite("Stock")
struct StockPlanTests {
    private static let warehouses = [
        LingXingWarehouse(wid: "1", name: "one", isDeleted: false), LingXingWarehouse(wid: "2", name: "two", isDeleted: false),
        LingXingWarehouse(wid: "3", name: "gone", isDeleted: true),
    ]

    private static func configuration(_ change: (inout RuntimeConfiguration) -> Void) -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        configuration.mapping.warehouse = ["W1": "1", "W2": "2", "W3": "3"]
        configuration.mapping.sku = ["A": "LX-A"]
        change(&configuration)
        return configuration
    }

    private static func stock(_ wid: String, _ sku: String, _ available: Int) -> LingXingStockRow {
        LingXingStockRow(wid: wid, sku: sku, available: available)
    }

    private static func figure(_ sku: String, _ quantities: [String: Int]) -> StockFigure {
        StockFigure(sku: sku, warehouses: quantities.map { StockFigure.WarehouseQuantity(code: $0.key, quantity: $0.value) })
    }

    /// Confirmed within the same day, unless told otherwise.
    private static func level(
        _ sku: String, _ quantities: [String: Int], secondsAgo: TimeInterval = 60, missing: Int = 0,
        unknownSecondsAgo: TimeInterval? = nil
    ) -> StockPlan.Level {
        StockPlan.Level(
            confirmed: figure(sku, quantities), confirmedAt: noon.addingTimeInterval(-secondsAgo), missingPasses: missing,
            unknownAt: unknownSecondsAgo.map { noon.addingTimeInterval(-$0) })
    }

    private static let noon = Date(timeIntervalSince1970: 20_000 * 86_400 + 43_200)
    private static let yesterday: TimeInterval = 43_201

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rows: [LingXingStockRow]
        let expected: [String: [String: Int]]
        let levels: [String: StockPlan.Level]
        let pending: [StockPlan.PendingUnits]
        let underWay: Set<String>
        let configuration: RuntimeConfiguration

        init(
            _ name: String, _ rows: [LingXingStockRow], _ expected: [String: [String: Int]],
            levels: [String: StockPlan.Level] = [:],
            pending: [StockPlan.PendingUnits] = [], underWay: Set<String> = [],
            configure: (inout RuntimeConfiguration) -> Void = { _ in }
        ) {
            testDescription = name
            self.rows = rows
            self.expected = expected
            self.levels = levels
            self.pending = pending
            self.underWay = underWay
            configuration = StockPlanTests.configuration(configure)
        }
    }

    private static func plan(_ item: Case) -> StockPlan {
        StockPlan(
            rows: item.rows, warehouses: warehouses, levels: item.levels, pending: item.pending, underWay: item.underWay,
            configuration: item.configuration, now: noon)
    }

    private static func pending(_ sku: String, _ code: String?, _ quantity: Int) -> StockPlan.PendingUnits {
        StockPlan.PendingUnits(sku: sku, warehouseCode: code, quantity: quantity)
    }

    @Test(
        "sends the figures that DSCO does not have",
        arguments: [
            Case(
                "rows of a SKU and warehouse are summed", [stock("1", "LX-A", 2), stock("1", "LX-A", 3), stock("2", "LX-A", 1)],
                ["A": ["W1": 5, "W2": 1]]),
            Case("an unmapped SKU goes by its own name", [stock("1", "B", 2)], ["B": ["W1": 2]]),
            Case(
                "deleted, unlisted and unmapped warehouses do not count",
                [stock("3", "B", 9), stock("4", "B", 9), stock("1", "B", 1)], ["B": ["W1": 1]]),
            Case("less than nothing is nothing", [stock("1", "B", -4), stock("2", "B", 2)], ["B": ["W1": 0, "W2": 2]]),
            Case(
                "the reserve is kept back per warehouse", [stock("1", "B", 5), stock("2", "B", 1)], ["B": ["W1": 3, "W2": 0]],
                configure: { $0.stock.reserve = 2 }),
            Case(
                "units of orders at status 1 come off their warehouse", [stock("1", "B", 5), stock("2", "B", 9)],
                ["B": ["W1": 3, "W2": 9]],
                pending: [pending("B", "W1", 2)]),
            Case(
                "what the warehouse lacks comes off no other one", [stock("1", "B", 1), stock("2", "B", 9)],
                ["B": ["W1": 0, "W2": 9]],
                pending: [pending("B", "W1", 3)]),
            Case(
                "what names no warehouse that is known comes off the fullest one", [stock("1", "B", 4), stock("2", "B", 3)],
                ["B": ["W1": 0, "W2": 2]],
                pending: [pending("B", nil, 4), pending("B", "W9", 1), pending("C", nil, 9)]),
            Case("unchanged", [stock("1", "B", 5)], [:], levels: ["B": level("B", ["W1": 5])]),
            Case(
                "changed in one warehouse: all of them", [stock("1", "B", 5), stock("2", "B", 1)], ["B": ["W1": 5, "W2": 1]],
                levels: ["B": level("B", ["W1": 5, "W2": 2])]),
            Case(
                "unchanged since yesterday: once a day", [stock("1", "B", 5)], ["B": ["W1": 5]],
                levels: ["B": level("B", ["W1": 5], secondsAgo: yesterday)]),
            Case(
                "unchanged, but a figure after it ended in doubt", [stock("1", "B", 0)], ["B": ["W1": 0]],
                levels: ["B": StockPlan.Level(confirmed: figure("B", ["W1": 0]))], configure: { $0.stock.includeZero = false }),
            Case("on its way", [stock("1", "B", 5)], [:], underWay: ["B"]),
            Case("zero, never in stock", [stock("1", "B", 0)], ["B": ["W1": 0]]),
            Case("zero, never in stock, hidden", [stock("1", "B", 0)], [:], configure: { $0.stock.includeZero = false }),
            Case(
                "a fall to zero is never hidden", [stock("1", "B", 0)], ["B": ["W1": 0]], levels: ["B": level("B", ["W1": 5])],
                configure: { $0.stock.includeZero = false }),
            Case(
                "unknown to DSCO today", [stock("1", "B", 6)], [:], levels: ["B": level("B", ["W1": 5], unknownSecondsAgo: 60)]),
            Case(
                "unknown to DSCO yesterday: tried again", [stock("1", "B", 6)], ["B": ["W1": 6]],
                levels: ["B": StockPlan.Level(unknownAt: noon.addingTimeInterval(-yesterday))]),
            Case(
                "chosen by SKU", [stock("1", "LX-A", 1), stock("1", "B", 1)], ["A": ["W1": 1]],
                configure: { $0.stock.skus = ["A"] }),
            Case(
                "chosen by warehouse, with all its warehouses",
                [stock("1", "LX-A", 1), stock("2", "LX-A", 2), stock("1", "B", 1)],
                ["A": ["W1": 1, "W2": 2]], configure: { $0.stock.warehouses = ["W2"] }),
            Case("missing for the first time", [], [:], levels: ["B": level("B", ["W1": 5])]),
            Case("missing for the second time", [], ["B": ["W1": 0]], levels: ["B": level("B", ["W1": 5], missing: 1)]),
            Case(
                "missing, but never known", [stock("1", "LX-A", 1)], ["A": ["W1": 1]],
                levels: ["B": StockPlan.Level(missingPasses: 1)]),
            Case(
                "missing in one warehouse for the first time", [stock("2", "B", 3)], ["B": ["W1": 5, "W2": 3]],
                levels: ["B": level("B", ["W1": 5, "W2": 2])]),
            Case(
                "missing in one warehouse for the second time", [stock("2", "B", 3)], ["B": ["W1": 0, "W2": 3]],
                levels: ["B": level("B", ["W1": 5, "W2": 2], missing: 1)]),
            Case(
                "a warehouse that is deleted by now counts 0 at once", [stock("1", "B", 5)], ["B": ["W1": 5, "W3": 0]],
                levels: ["B": level("B", ["W1": 5, "W3": 2])]),
            Case(
                "and so does one that is mapped no more, until it was told once", [stock("1", "B", 5)], [:],
                levels: ["B": level("B", ["W1": 5])], configure: { $0.mapping.warehouse["W2"] = nil }),
            Case(
                "two LingXing SKUs for one of DSCO", [stock("1", "LX-A", 1), stock("1", "A", 2), stock("1", "B", 1)],
                ["B": ["W1": 1]]),
        ])
    func figures(_ item: Case) {
        let sent = Self.plan(item).figures
        #expect(
            Dictionary(uniqueKeysWithValues: sent.map { ($0.sku, $0) })
                == item.expected.reduce(into: [:]) { $0[$1.key] = Self.figure($1.key, $1.value) })
        #expect(sent.map(\.sku) == sent.map(\.sku).sorted())
        #expect(sent.allSatisfy { $0.quantityAvailable == $0.warehouses.reduce(0) { $0 + $1.quantity } })
    }

    @Test("counts passes without a known SKU, and forgets them when it is back")
    func missing() {
        let levels = ["B": Self.level("B", ["W1": 5], missing: 1)]
        #expect(Self.plan(Case("", [], [:], levels: ["B": Self.level("B", ["W1": 5])])).missingPasses == ["B": 1])
        #expect(Self.plan(Case("", [], [:], levels: levels)).missingPasses == ["B": 2])
        #expect(Self.plan(Case("", [Self.stock("1", "B", 5)], [:], levels: levels)).missingPasses == ["B": 0])
        #expect(Self.plan(Case("", [], [:], levels: ["B": Self.level("B", ["W1": 0])])).missingPasses.isEmpty)
    }

    @Test("writes history for what it sends and for what is in conflict")
    func history() {
        let plan = Self.plan(
            Case(
                "", [Self.stock("1", "LX-A", 1), Self.stock("1", "A", 2), Self.stock("1", "B", 7), Self.stock("1", "C", 3)], [:],
                levels: ["B": Self.level("B", ["W1": 5, "W2": 0]), "C": Self.level("C", ["W1": 3])],
                configure: { $0.stock.reserve = 1 }))
        #expect(plan.conflicts == [StockPlan.Conflict(sku: "A", lingXingSKUs: ["A", "LX-A"])])
        #expect(plan.history.map(\.sku) == ["A", "B", "B", "C"])
        #expect(plan.history.map(\.result) == [.conflict, .sent, .sent, .sent])
        #expect(plan.history.map(\.lingXingQuantity) == [3, 7, 0, 3])
        #expect(plan.history.map(\.difference) == [nil, 2, 0, 0])
    }

    @Test("knows the units of orders that LingXing does not know yet")
    func pendingUnits() {
        let first = order(line(1, "A", 3), line(2, "B", 1)) {
            $0.lines[0].cancelledQuantity = 1
            $0.packages = [package("T1", (2, 1))]
        }
        let second = order(line(1, "A", 1)) {
            $0.shipWarehouseCode = nil
            $0.lines[0].warehouseCode = "W2"
        }
        #expect(StockPlan.pendingUnits(of: [first, second]) == [Self.pending("A", "WH01", 2), Self.pending("A", "W2", 1)])
    }

    @Test("A figure that DSCO changed by itself is sent although it is the one confirmed last")
    func moved() {
        let levels = ["A": Self.level("A", ["W1": 3]), "B": Self.level("B", ["W1": 4])]
        let plan = StockPlan(
            rows: [Self.stock("1", "LX-A", 3), Self.stock("1", "B", 4)], warehouses: Self.warehouses, levels: levels, pending: [],
            underWay: [], moved: ["A"], configuration: Self.configuration { _ in }, now: Self.noon)
        #expect(plan.figures == [Self.figure("A", ["W1": 3])])
    }

    @Test("A SKU of which a row could not be read is unknown in this pass: neither sent nor missing, by either of its names")
    func unreadable() {
        let plan = StockPlan(
            rows: [Self.stock("1", "LX-A", 3), Self.stock("1", "B", 4)], warehouses: Self.warehouses,
            levels: ["A": Self.level("A", ["W1": 9, "W2": 2]), "C": Self.level("C", ["W1": 7])], pending: [], underWay: [],
            unreadable: ["LX-A", "C"], configuration: Self.configuration { _ in }, now: Self.noon)
        #expect(plan.figures.map(\.sku) == ["B"])
        #expect(plan.missingPasses.isEmpty)
        #expect(plan.history.allSatisfy { $0.sku == "B" })
    }
}
