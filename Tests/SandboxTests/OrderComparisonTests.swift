import Foundation
import Testing

@testable import Sandbox

@Suite("What one partner was told, held against what the other knows")
struct OrderComparisonTests {
    private let world = FixedWorld(skus: 20)

    private func order(_ scenario: Scenario = .twoLines) -> DSCOOrder {
        var factory = OrderFactory(world: world, seed: 7)
        return factory.order(scenario, sequence: 1, created: .distantPast, visible: .distantPast)
    }

    /// What a faithful pipeline tells LingXing of the order.
    private func told(_ order: DSCOOrder, _ change: (inout [String: Wire]) -> Void = { _ in }) -> Wire {
        let items: [Wire] = order.lines.map { line in
            let product = world.products[line.product]
            return [
                "msku": .string(line.partnerSKU ?? product.sku), "quantity": .integer(line.quantity - line.cancelled),
                "unit_price": .string(Money.text(cents: product.cents)),
            ]
        }
        var fields: [String: Wire] = [
            "receiver_name": .string("\(order.recipient.first) \(order.recipient.last)"),
            "receiver_country_code": .string(order.recipient.country ?? "US"), "city": .string(order.recipient.city),
            "address_line1": .string(order.recipient.address1 ?? ""), "items": .array(items),
        ]
        change(&fields)
        return .object(fields.map { Wire.Member($0.key, $0.value) })
    }

    private func row(_ sent: Wire, left: [String] = [], labels: [String] = []) -> LingXingWorld.OrderSummary {
        LingXingWorld.OrderSummary(
            globalNo: 1, status: 6, isDeleted: false, sent: sent, trackingNumbers: left + labels, shippedTrackingNumbers: left)
    }

    private func package(_ order: DSCOOrder, _ tracking: String, level: String? = nil, units: Int? = nil) -> DSCOOrder.Package {
        DSCOOrder.Package(
            id: 1, tracking: tracking, carrier: nil, method: nil, level: level ?? world.levels[order.level].code, warehouse: nil,
            shipDate: nil, items: order.lines.map { .init(line: $0.number, quantity: units ?? $0.quantity, spans: false) })
    }

    private func differences(_ order: DSCOOrder, _ rows: LingXingWorld.OrderSummary...) -> [String] {
        OrderComparison(order: order, rows: rows, world: world).differences
    }

    @Test(
        "finds nothing where both were told the truth",
        arguments: [Scenario.plain, .twoLines, .unicode, .duplicateSKU, .partlyCancelled])
    func agree(_ scenario: Scenario) {
        var order = order(scenario)
        #expect(differences(order).isEmpty)
        #expect(differences(order, row(told(order))).isEmpty)
        order.packages = [package(order, "A")]
        #expect(differences(order, row(told(order), left: ["A"], labels: ["B"])).isEmpty)
    }

    @Test("finds another person, another place, other goods and another price, and names nobody")
    func told() {
        let order = order()
        for key in ["receiver_name", "receiver_country_code", "city", "address_line1"] {
            let sent = told(order) { $0[key] = "Elsewhere" }
            #expect(differences(order, row(sent)) == ["LingXing was told another \(key)"])
        }
        for field in ["quantity", "unit_price"] {
            let sent = told(order) { fields in
                var item = fields["items"]?.elements?[0].members ?? []
                for index in item.indices where item[index].name == field {
                    item[index] = .init(field, field == "quantity" ? 9 : "0.01")
                }
                fields["items"] = .array([.object(item)] + (fields["items"]?.elements ?? []).dropFirst())
            }
            #expect(differences(order, row(sent)).count == 1)
        }
        #expect(differences(order, row(told(order) { $0["items"] = .array([]) })).count == order.lines.count)
    }

    @Test("every made-up person can be told from everything else", arguments: Scenario.allCases)
    func people(_ scenario: Scenario) {
        let recipient = order(scenario).recipient
        for text in [recipient.first + recipient.last, recipient.address1, recipient.phone].compactMap({ $0 }) {
            #expect(Recipient.fragments.contains(where: text.contains), "\(text)")
        }
    }

    @Test("finds a parcel that has not left, one that was kept from DSCO, and another way than was ordered")
    func parcels() {
        var order = order()
        order.packages = [package(order, "A")]
        #expect(differences(order, row(told(order), labels: ["A"])) == ["DSCO was told of A, which has not left"])
        #expect(differences(order, row(told(order), left: ["A", "B"])) == ["DSCO was not told of B, which has left"])
        order.packages = [package(order, "A", level: "XX")]
        #expect(differences(order, row(told(order), left: ["A"])).count == 1)
        order.packages = [package(order, "A", units: 0)]
        #expect(differences(order, row(told(order), left: ["A", "B"])).isEmpty, "the rest is still to be told")
    }
}
