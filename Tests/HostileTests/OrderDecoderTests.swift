import DSCO
import Domain
import FoundationEssentials
import JSON
import Testing

@Suite("A mangled DSCO order")
struct HostileOrderTests {
    @Test("is an order that can be worked with, or is refused in harmless words", arguments: Seeds.chunks)
    func decoding(_ chunk: Int) async {
        var read = 0
        for seed in Seeds.of(chunk, 250) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let bytes = mutator.text(of: Samples.order)
            do throws(DSCODecodingError) {
                let order = try DSCOOrderDecoder.decode(bytes)
                read += 1
                for fault in Self.faults(of: order) { Issue.record("seed \(seed), \(fault): \(shown(bytes))") }
            } catch {
                let words = error.description
                check(words.utf8.count < 300 && words.count > 15, "seed \(seed): \(words)")
                for name in Samples.personal where words.contains(name) { Issue.record("seed \(seed): \(words)") }
            }
        }
        // Most of a real order's fields may be anything; a decoder that refused everything would pass for safe.
        #expect(read > 60)
    }

    static func faults(of order: Order) -> [String] {
        var faults: [String] = []
        if !order.poNumber.isUsableOrderNumber || order.dscoOrderID?.isUsableOrderNumber == false {
            faults.append("order number")
        }
        if order.key.rawValue.utf8.count > 260 || order.key.rawValue.utf8.contains(0) { faults.append("key") }
        if OrderUnits(of: order).left.contains(where: { $0 < 0 }) || OrderUnits(of: order).total < 0 { faults.append("units") }
        for line in order.lines {
            if !(1...UnitLimit.most).contains(line.quantity) || !(0...UnitLimit.most).contains(line.cancelledQuantity) {
                faults.append("quantity")
            }
            for price in [line.consumerPriceWithTax, line.consumerPrice, line.retailPrice, line.expectedCost].compactMap(\.self) {
                if price.isNaN || price < 0 || price >= Money.priceLimit { faults.append("price") }
                let total = Money.extended(UnitLimit.most, at: price)
                if Decimal(UnitLimit.most) * Money.rounded(price) != total || total.isNaN { faults.append("inexact price") }
            }
            for name in [line.sku, line.partnerSKU, line.dscoItemID, line.warehouseCode].compactMap(\.self)
            where !name.isUsableName {
                faults.append("name")
            }
        }
        for date in [order.created, order.updated, order.shipBy, order.consumerOrderDate].compactMap(\.self) {
            if date.timeIntervalSince1970 < 0 || date.timeIntervalSince1970 > 253_402_300_800 { faults.append("date") }
        }
        return faults
    }

    private func spoil(_ path: (inout JSONObject) -> Void) -> [UInt8] {
        var object = Samples.order.object ?? [:]
        path(&object)
        return JSON.object(object).bytes()
    }

    private func line(_ members: (String, JSON)...) -> [UInt8] {
        spoil { order in
            var line = order["lineItems"]?[0]?.object ?? [:]
            for (key, value) in members { line.set(key, value) }
            order.set("lineItems", [.object(line), .object(line)])
        }
    }

    @Test(
        "is refused where identity, units or money would suffer, with the place",
        arguments: [
            ("poNumber", "A\0B", "poNumber is longer"), ("poNumber", "PO\u{1B}[2J", "poNumber is longer"),
            ("poNumber", " PO-1", "poNumber is longer"), ("poNumber", "PO-\u{FFFD}", "poNumber is longer"),
            ("poNumber", "PO-1\u{202E}", "poNumber is longer"), ("poNumber", "PO-e\u{301}", "poNumber is longer"),
            ("poNumber", .string(String(repeating: "x", count: 10_000)), "poNumber is longer"),
            ("dscoOrderId", "10\u{200B}01", "dscoOrderId is longer"), ("dscoRetailerId", "R\0", "dscoRetailerId is longer"),
            ("shippingServiceLevelCode", .string(String(repeating: "F", count: 256)), "shippingServiceLevelCode is longer"),
            ("lineItems", .array(Array(repeating: ["quantity": 1], count: 1001)), "lineItems holds more than 1000"),
            ("packages", .array(Array(repeating: ["items": []], count: 1001)), "packages holds more than 1000"),
            (
                "packages", .array(Array(repeating: ["items": .array(Array(repeating: ["quantity": 1], count: 600))], count: 2)),
                "packages holds more than 1000"
            ),
        ] as [(String, JSON, String)])
    func refused(_ key: String, _ value: JSON, _ words: String) {
        let error = #expect(throws: DSCODecodingError.self) { try DSCOOrderDecoder.decode(spoil { $0.set(key, value) }) }
        #expect(error?.words.hasPrefix(words) == true, "\(error?.words ?? "")")
    }

    @Test(
        "two lines whose units or prices overflow together are refused",
        arguments: [
            ("quantity", 9_223_372_036_854_775_807, "lineItems[0].quantity is more than"),
            ("quantity", 2_147_483_648, "lineItems[0].quantity is more than"),
            ("cancelledQuantity", 9_223_372_036_854_775_807, "lineItems[0].cancelledQuantity is more than"),
            ("consumerPrice", 1_000_000_000, "lineItems[0].consumerPrice is not below"),
            ("expectedCost", "1e127", "lineItems[0].expectedCost is not below"),
            ("retailPrice", "1e400", "lineItems[0].retailPrice is not a number"),
        ] as [(String, JSON, String)])
    func overflow(_ key: String, _ value: JSON, _ words: String) {
        let error = #expect(throws: DSCODecodingError.self) { try DSCOOrderDecoder.decode(line((key, value))) }
        #expect(error?.words.hasPrefix(words) == true, "\(error?.words ?? "")")
    }

    @Test("the largest units and prices that are taken still add up exactly")
    func largest() throws {
        let order = try DSCOOrderDecoder.decode(line(("quantity", 2_147_483_647), ("consumerPrice", 999_999_999.99)))
        #expect(OrderUnits(of: order).total == 2 * 2_147_483_647)
        let price = try #require(order.lines[0].consumerPrice)
        let cents = Money.sum(order.lines.map { Money.extended($0.quantity, at: price) })
        #expect(cents == Decimal(string: "4294967293957050327.06"))
    }

    @Test("a text loses U+0000 and a date of no century is none")
    func lenient() throws {
        let order = try DSCOOrderDecoder.decode(
            spoil { order in
                order.set("shipping", ["name": "J\0ane", "city": "\0"])
                order.set("dscoLastUpdate", "99999-01-01T00:00:00Z")
                order.set("dscoCreateDate", "0000-01-01T00:00:00Z")
            })
        #expect(order.shipping.name == "Jane" && order.shipping.city == nil)
        #expect(order.updated == nil && order.created == nil)
    }

    @Test("orders whose numbers look alike have keys of their own")
    func keys() {
        let composed = OrderKey(dscoOrderID: nil, poNumber: "PO-\u{E9}")
        let decomposed = OrderKey(dscoOrderID: nil, poNumber: "PO-e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect((composed < decomposed) != (decomposed < composed))
    }
}
