import Domain
import Foundation
import JSON
import PartnerHTTP
import Testing

@testable import LingXing

@Suite("Lists are read to their end")
struct ListTests {
    private static func stockRows(_ range: Range<Int>) -> JSON {
        .array(range.map { ["wid": 1, "product_id": .number(JSONNumber($0)), "sku": "S\($0)", "product_valid_num": "3"] })
    }

    @Test("stock: all pages of 800")
    func stockPages() async throws {
        let fixture = try ClientFixture { asked, _ in
            let offset = asked.json["offset"]?.int ?? 0
            return .json(["code": 0, "data": Self.stockRows(offset..<min(offset + 800, 1700)), "total": 1700])
        }
        let rows = try await fixture.client.inventory(wid: "1").readable
        #expect(rows.count == 1700 && Set(rows.map(\.sku)).count == 1700)
        #expect(fixture.transport.requests.map { $0.json["offset"] } == [0, 800, 1600])
    }

    @Test("stock: a walk that missed a row, or saw the total change, is done again", arguments: [1000, 1001])
    func stockMoved(totalOnFirstPage: Int) async throws {
        let fixture = try ClientFixture { asked, count in
            let offset = asked.json["offset"]?.int ?? 0
            // During the first walk a row of the first page goes: the second begins one row later than it should.
            let skipped = count == 1 ? 1 : 0
            let total = count == 0 ? totalOnFirstPage : count == 1 ? 999 : 1000
            return .json([
                "code": 0, "data": Self.stockRows(offset + skipped..<min(offset + 800, 1000)),
                "total": .number(JSONNumber(total)),
            ])
        }
        #expect(try await fixture.client.inventory(wid: "1").readable.count == 1000)
        #expect(fixture.transport.requests.map { $0.json["offset"] } == [0, 800, 0, 800])
    }

    @Test("stock: never seen whole is an error, not a figure", arguments: [999, 0])
    func stockIncomplete(rows: Int) async throws {
        let fixture = try ClientFixture { asked, _ in
            let offset = asked.json["offset"]?.int ?? 0
            return .json(["code": 0, "data": Self.stockRows(min(offset, rows)..<min(offset + 800, rows)), "total": 1000])
        }
        let error = await #expect(throws: PartnerError.self) { try await fixture.client.inventory(wid: "1") }
        #expect(error?.kind == .malformedAnswer && error?.code == "incomplete_list")
    }

    @Test(
        "stock: a row whose quantity cannot be read makes its SKU unknown, never 0",
        arguments: [
            ["wid": 1, "sku": "BAD", "product_valid_num": "many"], ["wid": 1, "sku": "BAD", "product_valid_num": nil],
            ["wid": 1, "sku": "BAD"], ["sku": "BAD", "product_valid_num": 3], ["wid": 1, "sku": "BAD", "product_valid_num": []],
        ] as [JSON])
    func stockUnreadable(row: JSON) async throws {
        let fixture = try ClientFixture { _, _ in
            .json(["code": 0, "data": [["wid": 1, "sku": "S", "product_valid_num": "3"], row], "total": 2])
        }
        let stock = try await fixture.client.inventory(wid: "1")
        #expect(stock.readable == [.init(wid: "1", sku: "S", available: 3)])
        #expect(stock.unreadable.map(\.sku) == ["BAD"])
    }

    @Test(
        "stock: a row whose SKU cannot be read may be any's and fails the pass, with its place",
        arguments: [["wid": 1, "sku": ["S"], "product_valid_num": 1], "row", nil] as [JSON])
    func stockNameless(row: JSON) async throws {
        let fixture = try ClientFixture { _, _ in .json(["code": 0, "data": [row], "total": 1]) }
        let error = await #expect(throws: PartnerError.self) { _ = try await fixture.client.inventory(wid: "1") }
        #expect(error?.kind == .malformedAnswer && error?.words?.hasPrefix("data[0]") == true)
    }

    @Test("stock: a product without a SKU is none of ours, whatever its quantity")
    func stockWithoutSKU() async throws {
        let fixture = try ClientFixture { _, _ in
            .json([
                "code": 0, "data": [["wid": 1, "sku": "", "product_valid_num": "?"], ["wid": 1, "product_id": 2]], "total": 2,
            ])
        }
        let stock = try await fixture.client.inventory(wid: "1")
        #expect(stock.readable.isEmpty && stock.unreadable.isEmpty)
    }

    @Test(
        "orders: an unreadable row stands beside the others, with what can be read of its identity",
        arguments: [
            (["global_order_no": "G9", "status": 5, "platform_info": [["platform_order_no": "PO-9"]]], "G9", ["PO-9"]),
            (
                ["global_order_no": "G9", "store_id": "1", "status": nil, "platform_info": [["platform_order_no": " PO-9 "]]],
                "G9",
                ["PO-9"]
            ),
            (
                [
                    "global_order_no": "G9", "store_id": "1", "status": 5, "platform_info": [["platform_order_no": "PO-9"]],
                    "item_info": [["quantity": "two"]],
                ], "G9", ["PO-9"]
            ),
            (["store_id": "1", "status": 5, "platform_info": [["platform_order_no": "PO-9"]]], nil, ["PO-9"]),
            (["global_order_no": "G9", "store_id": "1", "status": 5], "G9", []),
            (["global_order_no": "G9", "store_id": "1", "status": 5, "platform_info": "PO-9"], "G9", []),
            ("no object", nil, []), (nil, nil, []),
        ] as [(JSON, String?, [String])])
    func orderUnreadable(row: JSON, number: String?, names: [String]) async throws {
        let fixture = try ClientFixture { _, _ in
            .json(["code": 0, "data": ["total": "3", "list": [Self.order(1), row, Self.order(2)]]])
        }
        let orders = try await fixture.client.listOrders(numbers: ["PO-1", "PO-2", "PO-9"])
        #expect(orders.readable.map(\.globalOrderNo) == ["G1", "G2"])
        #expect(orders.unreadable.map(\.globalOrderNo) == [number])
        #expect(orders.unreadable.map(\.platformOrderNos) == [names])
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("unreadable rows of the same text count one by one towards the total")
    func unreadableTwins() async throws {
        let fixture = try ClientFixture { _, _ in .json(["code": 0, "data": ["total": 3, "list": [nil, Self.order(1), nil]]]) }
        let orders = try await fixture.client.listOrders(numbers: ["PO-1"])
        #expect(orders.readable.count == 1 && orders.unreadable.count == 2)
        #expect(fixture.transport.requests.count == 1)
    }

    @Test("outbound orders: an unreadable row stands beside the others")
    func outboundUnreadable() async throws {
        let row: JSON = [
            "wo_number": "WO1", "order_number": "G1", "sid": 1, "status": 3, "platform_order_no": ["PO-1"],
            "product_info": [["count": "x"]],
        ]
        let whole: JSON = ["wo_number": "WO2", "order_number": "G2", "sid": 1, "status": 3, "platform_order_no": "PO-2"]
        let fixture = try ClientFixture { _, _ in .json(["code": 0, "data": [row, whole], "total": 2]) }
        let orders = try await fixture.client.wmsOrders(numbers: ["PO-1", "PO-2"], storeIDs: [], createdFrom: .now, to: .now)
        #expect(orders.readable.map(\.number) == ["WO2"])
        #expect(orders.unreadable.map(\.platformOrderNos) == [["PO-1"]] && orders.unreadable.first?.globalOrderNo == "G1")
    }

    @Test("a warehouse that cannot be read is not listed")
    func warehouseUnreadable() async throws {
        let fixture = try ClientFixture { _, _ in .json(["code": 0, "data": [["name": "W"], ["wid": 7]], "total": 2]) }
        #expect(Set(try await fixture.client.warehouses().map(\.wid)) == ["7"])
    }

    private static func order(_ number: Int) -> JSON {
        [
            "global_order_no": .string("G\(number)"), "store_id": "1", "status": "5",
            "platform_info": [["platform_order_no": "PO-\(number)"]],
        ]
    }

    @Test("orders by number: 200 numbers a call, pages of 500, deleted ones too")
    func byNumbers() async throws {
        let fixture = try ClientFixture { asked, _ in
            let numbers = asked.json["platform_order_nos"]?.array ?? []
            let offset = asked.json["offset"]?.int ?? 0
            let first = Int((numbers.first?.string ?? "0").dropFirst(3)) ?? 0
            let rows = (0..<numbers.count * 3).map { Self.order(first * 10 + $0) }
            return .json([
                "code": 0,
                "data": ["total": .string(String(rows.count)), "list": .array(Array(rows.dropFirst(offset).prefix(500)))],
            ])
        }
        let orders = try await fixture.client.listOrders(numbers: (0..<250).map { "PO-\($0)" }, storeIDs: ["1"]).readable
        #expect(orders.count == 750)
        let requests = fixture.transport.requests.map(\.json)
        #expect(requests.map { $0["platform_order_nos"]?.array?.count } == [200, 200, 50])
        #expect(requests.map { $0["offset"]?.int } == [0, 500, 0])
        #expect(
            requests.allSatisfy {
                $0["length"] == 500 && $0["include_delete"] == true && $0["store_id"] == ["1"] && $0["date_type"] == nil
            })
        #expect(orders.first?.status == .toShip)
    }

    @Test("orders by window: both ends included, at most 30 days a call")
    func byWindow() async throws {
        let fixture = try ClientFixture { _, _ in .json(["code": 0, "data": ["total": "0", "list": []]]) }
        let start = Date(timeIntervalSince1970: 1_700_000_000)
        let end = start.addingTimeInterval(70 * 86400)
        _ = try await fixture.client.changes(from: start, to: end, status: .shipped)
        let windows = fixture.transport.requests.map { ($0.json["start_time"]?.int ?? 0, $0.json["end_time"]?.int ?? 0) }
        #expect(windows.count == 3)
        #expect(windows.first?.0 == 1_699_999_999 && windows.last?.1 == 1_700_000_000 + 70 * 86400 + 1)
        #expect(windows.allSatisfy { $0.1 - $0.0 <= 30 * 86400 })
        for (before, after) in zip(windows, windows.dropFirst()) { #expect(after.0 + 1 == before.1) }
        #expect(fixture.transport.requests.allSatisfy { $0.json["order_status"] == 6 && $0.json["date_type"] == "update_time" })
    }

    private static func changes(_ fixture: ClientFixture) async throws -> [String] {
        let start = Date(timeIntervalSince1970: 1_700_000_000)
        return try await fixture.client.changes(from: start, to: start.addingTimeInterval(600)).readable.map(\.globalOrderNo)
    }

    /// A list of which so many rows have left from its front before each call, and to whose end as many may have come.
    private static func leaving(_ rows: Int, before: [Int], areFollowed: Bool = false) throws -> ClientFixture {
        try ClientFixture { asked, count in
            let offset = asked.json["offset"]?.int ?? 0
            let gone = before[min(count, before.count - 1)]
            let left = (gone..<(areFollowed ? rows + gone : rows)).map(order)
            return .json([
                "code": 0,
                "data": ["total": .string(String(left.count)), "list": .array(Array(left.dropFirst(offset).prefix(500)))],
            ])
        }
    }

    @Test("a window: each page begins with rows of the one before, so that what leaves the list pulls nothing past the reader")
    func overlappingPages() async throws {
        let fixture = try Self.leaving(1200, before: [0, 40, 60])
        #expect(try await Set(Self.changes(fixture)).isSuperset(of: (60..<1200).map { "G\($0)" }))
        #expect(fixture.transport.requests.map { $0.json["offset"]?.int } == [0, 450, 900])
    }

    @Test("a window of full pages costs no page more, and is walked again when a row has left meanwhile", arguments: [0, 1])
    func fullPages(gone: Int) async throws {
        let fixture = try Self.leaving(1000, before: [0, gone])
        #expect(try await Set(Self.changes(fixture)).isSuperset(of: (gone..<1000).map { "G\($0)" }))
        #expect(fixture.transport.requests.map { $0.json["offset"]?.int } == [0, 500] + (gone == 0 ? [] : [0, 499]))
    }

    @Test(
        "a window of which more rows leave between two pages than they have in common is walked again", arguments: [false, true])
    func gap(areFollowed: Bool) async throws {
        let fixture = try Self.leaving(1200, before: [0, 60], areFollowed: areFollowed)
        #expect(try await Set(Self.changes(fixture)).isSuperset(of: (60..<1200).map { "G\($0)" }))
        #expect(fixture.transport.requests.map { $0.json["offset"]?.int } == [0, 450, 900, 0, 450, 900])
    }

    @Test("a window that shows fewer rows than it says there are gives what three walks saw")
    func shiftingWindow() async throws {
        let fixture = try ClientFixture { _, count in
            .json(["code": 0, "data": ["total": "2", "list": .array([Self.order(count / 2)])]])
        }
        #expect(try await Self.changes(fixture) == (0..<3).map { "G\($0)" })
    }

    @Test("outbound orders: 50 numbers a call, the store as an integer, a day more on either side")
    func outbound() async throws {
        let fixture = try ClientFixture { _, _ in .json(["code": 0, "data": [], "total": 0]) }
        // 2023-11-15 06:13:20 in Shanghai
        let day = Date(timeIntervalSince1970: 1_700_000_000)
        _ = try await fixture.client.wmsOrders(
            numbers: (0..<60).map { "PO-\($0)" }, storeIDs: ["110658143132021760"], createdFrom: day,
            to: day.addingTimeInterval(86400))
        let requests = fixture.transport.requests.map(\.json)
        #expect(requests.map { $0["platform_order_no_arr"]?.array?.count } == [50, 10])
        for body in requests {
            #expect(body["sid_arr"] == [110_658_143_132_021_760] && body["time_type"] == "create_at" && body["page"] == 1)
            #expect(body["start_date"] == "2023-11-14" && body["end_date"] == "2023-11-17" && body["page_size"] == 200)
        }
    }

    @Test("warehouses of both kinds, with what is deleted")
    func warehouses() async throws {
        let fixture = try ClientFixture { asked, _ in
            let type = asked.json["type"]?.int ?? 0
            return .json([
                "code": 0, "data": [["wid": .number(JSONNumber(type)), "name": "W", "is_delete": type == 3 ? "1" : 0]],
                "total": 1,
            ])
        }
        let warehouses = try await fixture.client.warehouses()
        #expect(warehouses == [.init(wid: "1", name: "W", isDeleted: false), .init(wid: "3", name: "W", isDeleted: true)])
        #expect(fixture.transport.requests.allSatisfy { $0.json["is_delete"] == "0,1" })
    }

    @Test("nothing asked, nothing sent")
    func empty() async throws {
        let fixture = try ClientFixture { _, _ in .lost }
        #expect(try await fixture.client.listOrders(numbers: []).readable.isEmpty)
        #expect(try await fixture.client.wmsOrders(numbers: [], storeIDs: [], createdFrom: .now, to: .now).readable.isEmpty)
        #expect(try await fixture.client.createOrders(storeID: "1", [], permit: fixture.permit).isEmpty)
        #expect(try await fixture.client.cancelOrders([], permit: fixture.permit).isEmpty)
        #expect(fixture.transport.requests.isEmpty)
    }
}
