import Domain
import Foundation
import JSON
import Testing

@Suite("Effects are read as the ledger has them, however old the row")
struct LedgerValueTests {
    private func read<Value: LedgerValue>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try Value(JSONReader(JSONDocument(Array(text.utf8)).root))
    }

    private let noon = Date(timeIntervalSince1970: 1_767_268_800)

    /// What JSONEncoder wrote in former versions.
    private let shipment = """
        {"carrier":"FEDEX","dscoOrderID":"1","lines":[{"dscoItemID":"I","lineNumber":1,"partnerSKU":"P","quantity":2,"sku":"S",\
        "spansPackages":true}],"outboundNumbers":["WO1"],"poNumber":"PO-1","shipDate":"2026-01-01T12:00:00Z","trackingNumber":"T1"}
        """

    @Test("a shipment, and what is kept of it")
    func shipments() throws {
        var expected = Shipment(
            dscoOrderID: "1", poNumber: "PO-1", trackingNumber: "T1", outboundNumbers: ["WO1"], shipDate: noon,
            lines: [
                .init(lineNumber: 1, dscoItemID: "I", sku: "S", partnerSKU: "P", quantity: 2, spansPackages: true)
            ])
        expected.carrier = "FEDEX"
        #expect(try read(shipment, as: Shipment.self) == expected)
        let kept = """
            {"goods":[{"line":{"lineNumber":1,"sku":"S"},"outboundNumber":"WO1","quantity":2,"trackingNumber":"T1"}],\
            "lingXingCurrency":"USD","lingXingTotal":21.34,"shipments":[\(shipment)]}
            """
        let fulfilment = try read(kept, as: Fulfilment.self)
        #expect(fulfilment.shipments == [expected] && fulfilment.lingXingTotal == Decimal(string: "21.34"))
        #expect(fulfilment.goods.map(\.line) == [LineName(lineNumber: 1, sku: "S")])
        #expect(try read(fulfilment.json.text(), as: Fulfilment.self) == fulfilment)
    }

    @Test("an invoice to the cent")
    func invoices() throws {
        let text = """
            {"currency":"USD","invoiceDate":"2026-01-01T12:00:00Z","invoiceID":"PO-1","key":"order","lines":[{"lineNumber":1,\
            "quantity":3,"sku":"S","trackingNumber":"T1","unitPrice":10.05}],"poNumber":"PO-1","totalAmount":30.15}
            """
        let invoice = try read(text, as: Invoice.self)
        #expect(invoice.totalAmount == Decimal(string: "30.15") && invoice.lines[0].unitPrice == Decimal(string: "10.05"))
        #expect(invoice.invoiceDate == noon && invoice.lines[0].trackingNumber == "T1" && invoice.lines[0].dscoItemID == nil)
        #expect(try read(invoice.json.text(), as: Invoice.self) == invoice)
    }

    @Test("orders for LingXing, their cancelling, acknowledgements, stock figures")
    func others() throws {
        let text = """
            {"addressLine1":"1 Main St","city":"X","countryCode":"US","items":[{"msku":"M","quantity":1,"unitPrice":9.9}],\
            "logisticsTypeID":"7","phone":"1","platformOrderNo":"PO-1","purchased":"2026-01-01T12:00:00Z","receiverName":"N",\
            "storeID":"77","warehouseID":"5"}
            """
        let order = try read(text, as: NewLingXingOrder.self)
        #expect(order.purchased == noon && order.warehouseID == "5" && order.logisticsTypeID == "7" && order.phone == "1")
        #expect(order.items == [.init(msku: "M", quantity: 1, unitPrice: Decimal(string: "9.9")!)])
        #expect(try read(order.json.text(), as: NewLingXingOrder.self) == order)
        #expect(
            try read(#"{"intercepts":["2"],"orders":["2","1"]}"#) == LingXingCancellation(orders: ["1", "2"], intercepts: ["2"]))
        #expect(
            try read(#"{"id":"PO-1","type":"PO_NUMBER"}"#)
                == Acknowledgement(id: "PO-1", type: .poNumber, supplierOrderNumber: nil))
        #expect(
            try read(#"{"sku":"S","warehouses":[{"code":"W","quantity":3}]}"#)
                == StockFigure(sku: "S", warehouses: [.init(code: "W", quantity: 3)]))
    }

    @Test("what lacks something or holds another kind of value is refused with its place")
    func refused() {
        for (text, path) in [
            (#"{"id":"PO-1","type":"NONE"}"#, "type"), (#"{"type":"PO_NUMBER"}"#, "id"), ("[]", ""),
        ] {
            let error = #expect(throws: JSONError.self) { try read(text, as: Acknowledgement.self) }
            #expect(error?.path == path)
        }
        let error = #expect(throws: JSONError.self) {
            try read(shipment.replacingOccurrences(of: "12:00:00Z", with: "noon"), as: Shipment.self)
        }
        #expect(error?.path == "shipDate")
    }
}
