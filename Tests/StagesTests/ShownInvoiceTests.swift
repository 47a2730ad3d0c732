import DSCO
import Domain
import Foundation
import JSON
import PartnerAccess
import StageRunner
import Testing

@Suite("An invoice that DSCO shows under our id is ours if it bills the same")
struct ShownInvoiceTests {
    private static func ours(_ key: String = "order") -> Domain.Invoice {
        func line(_ number: Int, _ quantity: Int, _ price: String) -> Domain.Invoice.Line {
            Domain.Invoice.Line(
                lineNumber: number, dscoItemID: nil, sku: "S\(number)", partnerSKU: nil, quantity: quantity,
                unitPrice: Decimal(string: price) ?? 0, trackingNumber: nil)
        }
        return Domain.Invoice(
            key: key, invoiceID: "PO-1", dscoOrderID: "1", poNumber: "PO-1", invoiceDate: Depot.noon, currency: "USD",
            totalAmount: 30,
            lines: [line(1, 2, "10.00"), line(2, 1, "10")])
    }

    private static func shown(_ more: JSON) -> JSON {
        var object: JSONObject = ["invoiceId": "PO-1"]
        for member in more.object?.members ?? [] { object.append(member.key, member.value) }
        return .object(object)
    }

    private enum Look: String { case present, absent, ambiguous, unreadable }

    @Test(
        arguments: [
            ([["poNumber": "PO-1", "totalAmount": 30]], "present"),
            ([["dscoOrderId": "1", "totalAmount": "30.00", "currencyCode": "USD"]], "present"),
            // It does not say of which order it is: the id is ours.
            ([["totalAmount": 30]], "present"),
            ([["totalAmount": 31]], "ambiguous"),
            ([["poNumber": "PO-1", "totalAmount": 30.01]], "ambiguous"),
            ([["poNumber": "PO-1", "totalAmount": 30, "currencyCode": "EUR"]], "ambiguous"),
            ([["poNumber": "PO-2", "totalAmount": 30]], "absent"),
            ([["poNumber": "PO-1", "dscoOrderId": "2", "totalAmount": 30]], "absent"),
            ([["poNumber": "PO-2", "totalAmount": 5], ["poNumber": "PO-1", "totalAmount": 30]], "present"),
            ([["poNumber": "PO-1", "totalAmount": 5], ["poNumber": "PO-1", "totalAmount": 30]], "present"),
            ([], "absent"),
            (
                [
                    [
                        "poNumber": "PO-1", "totalAmount": 30,
                        "lineItems": [["quantity": 2, "unitPrice": 10], ["quantity": 1, "unitPrice": 10.0]],
                    ]
                ],
                "present"
            ),
            ([["poNumber": "PO-1", "totalAmount": 30, "lineItems": [["quantity": 3, "unitPrice": "10"]]]], "present"),
            (
                [
                    [
                        "poNumber": "PO-1", "totalAmount": 30,
                        "lineItems": [["quantity": 1, "unitPrice": 20], ["quantity": 1, "unitPrice": 10]],
                    ]
                ],
                "ambiguous"
            ),
            ([["poNumber": "PO-1", "totalAmount": 30, "lineItems": [["quantity": 1], ["quantity": 2]]]], "present"),
        ] as [([JSON], String)])
    func look(invoices: [JSON], expected: String) async throws {
        try await Depot.run { depot in
            depot.dscoWire.answer { _ in .json(["invoices": .array(invoices.map(Self.shown))]) }
            try await depot.put("1", .shipped)
            let record = OrderRecord(
                order: try DSCOOrderDecoder.decode(Depot.payload("1").bytes()), status: .shipped, statusSince: Depot.noon)
            let finding = try await Self.ours().look(record, by: depot.dsco)
            let seen: Look =
                switch finding {
                case .present: .present
                case .absent: .absent
                case .ambiguous: .ambiguous
                default: .unreadable
                }
            #expect(seen.rawValue == expected)
        }
    }
}
