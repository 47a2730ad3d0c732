import Domain
import FoundationEssentials
import Testing

@Suite("DSCO's packages show our shipment")
struct ShownShipmentTests {
    private func order(_ packages: [(String, [(Int?, String, Int)])]) -> Order {
        var lines: [OrderLine] = []
        for (number, sku) in [(1, "A"), (2, "B")] {
            var line = OrderLine(quantity: 2)
            line.lineNumber = number
            line.sku = sku
            lines.append(line)
        }
        var order = Order(dscoOrderID: "1", poNumber: "PO-1", lines: lines)
        order.packages = packages.map { tracking, items in
            OrderPackage(
                trackingNumber: tracking,
                items: items.map { number, sku, quantity in
                    var item = OrderPackage.Item(quantity: quantity)
                    item.lineNumber = number
                    item.sku = sku
                    return item
                })
        }
        return order
    }

    /// A × 1 and B × 1 under tracking number T1.
    private let shipment = Shipment(
        dscoOrderID: "1", poNumber: "PO-1", trackingNumber: "T1", outboundNumbers: ["WO1"],
        shipDate: Date(timeIntervalSince1970: 0),
        lines: [
            Shipment.Line(lineNumber: 1, dscoItemID: nil, sku: "A", partnerSKU: nil, quantity: 1),
            Shipment.Line(lineNumber: 2, dscoItemID: nil, sku: "B", partnerSKU: nil, quantity: 1),
        ])

    @Test("only with exactly our units, line by line, however DSCO spells the tracking number")
    func compares() {
        let table: [(packages: [(String, [(Int?, String, Int)])], shown: ShownShipment)] = [
            ([], .absent),
            ([("T2", [(1, "A", 1), (2, "B", 1)])], .absent),
            ([("T1", [(1, "A", 1), (2, "B", 1)])], .same),
            ([(" t1", [(nil, "A", 1), (nil, "B", 1)])], .same),
            ([("T1", [(1, "A", 1)]), ("T1", [(2, "B", 1)])], .same),
            ([("T1", [(1, "A", 2)])], .different),
            ([("T1", [(1, "A", 1)])], .different),
            ([("T1", [(1, "A", 1), (2, "B", 1), (2, "B", 1)])], .different),
        ]
        for row in table {
            #expect(order(row.packages).shows(shipment) == row.shown, "\(row.packages)")
        }
    }
}
