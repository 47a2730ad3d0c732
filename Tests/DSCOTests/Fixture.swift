import DSCO
import Domain
import Foundation
import PartnerHTTP
import PartnerTestSupport

/// A client over a scripted transport and a clock that stands still.
struct Fixture {
    let transport: ScriptedTransport
    let time = ManualClock()
    let client: DSCOClient

    init(
        _ replies: [ScriptedTransport.Reply], otherwise: ScriptedTransport.Reply? = nil,
        credentials: DSCOCredentials = .token("STATIC"), attempts: Int = 3, limiter: (any CallLimiter)? = nil
    ) {
        transport = ScriptedTransport(replies, otherwise: otherwise)
        let caller = PartnerCaller(
            .dsco, transport: transport, backoff: Backoff(base: .seconds(1), attempts: attempts, jitter: { 1 }), clock: time.clock
        )
        client = DSCOClient(
            DSCOSettings(baseURL: "https://dsco.example/api/v3/", credentials: credentials, timeout: .seconds(30)),
            caller: caller,
            limiter: limiter ?? UnlimitedCalls())
    }

    var soon: ContinuousClock.Instant { time.now + .seconds(60) }

    static func example(_ status: Int, _ file: String) -> ScriptedTransport.Reply {
        ScriptedTransport.answer(status, Example.text(file))
    }
}

extension Date {
    init(utc text: String) {
        self = (try? Date(text, strategy: .iso8601)) ?? .distantPast
    }
}

/// The effects behind the contract's examples.
enum Effects {
    static let acknowledgements = [
        Acknowledgement(id: "1075104801", type: .dscoOrderID, supplierOrderNumber: "SO-1001"),
        Acknowledgement(id: "PO-EXAMPLE-0002", type: .poNumber, supplierOrderNumber: nil),
    ]

    static let shipments = [
        shipment("1", "409900000001", [shipped(1, "1310486901", "SKU-A", spans: true), shipped(2, "1310486902", "SKU-B")]),
        shipment("1", "409900000002", [shipped(1, "1310486901", "SKU-A", spans: true)]),
        shipment("2", "409900000003", [shipped(1, "1310486901", "SKU-A")]),
    ]

    static let invoices = [
        invoice(
            "1", [billed(1, "1310486901", "SKU-A", 2, "54.00"), billed(2, "1310486902", "SKU-B", 1, "12.5")],
            tracking: "409900000001"),
        invoice("2", [billed(1, "1310486901", "SKU-A", 1, "54")], tracking: nil),
    ]

    static let figures = [
        StockFigure(sku: "SKU-A", warehouses: [.init(code: "WH02", quantity: 5), .init(code: "WH01", quantity: 40)]),
        StockFigure(sku: "SKU-B", warehouses: [.init(code: "WH01", quantity: 0), .init(code: "WH02", quantity: 0)]),
    ]

    static func shipment(_ order: String, _ tracking: String, _ lines: [Shipment.Line]) -> Shipment {
        var shipment = Shipment(
            dscoOrderID: "107510480\(order)", poNumber: "PO-EXAMPLE-000\(order)", trackingNumber: tracking, outboundNumbers: [],
            shipDate: Date(utc: "2026-01-28T18:00:00Z"), lines: lines)
        (shipment.carrier, shipment.method) = ("FedEx", "Home Delivery")
        (shipment.serviceLevelCode, shipment.warehouseCode) = ("FEHD", "WH01")
        return shipment
    }

    static func shipped(_ line: Int, _ item: String, _ sku: String, spans: Bool = false) -> Shipment.Line {
        Shipment.Line(lineNumber: line, dscoItemID: item, sku: sku, partnerSKU: nil, quantity: 1, spansPackages: spans)
    }

    static func invoice(_ order: String, _ lines: [Invoice.Line], tracking: String?) -> Invoice {
        var invoice = Invoice(
            key: "order", invoiceID: "INV-PO-EXAMPLE-000\(order)", dscoOrderID: "107510480\(order)",
            poNumber: "PO-EXAMPLE-000\(order)", invoiceDate: Date(utc: "2026-01-28T20:00:00Z"), currency: "USD",
            totalAmount: lines.reduce(0) { $0 + Decimal($1.quantity) * $1.unitPrice }, lines: lines)
        invoice.trackingNumber = tracking
        if tracking != nil {
            (invoice.carrier, invoice.method) = ("FedEx", "Home Delivery")
            (invoice.serviceLevelCode, invoice.warehouseCode) = ("FEHD", "WH01")
        }
        return invoice
    }

    static func billed(_ line: Int, _ item: String, _ sku: String, _ quantity: Int, _ price: String) -> Invoice.Line {
        Invoice.Line(
            lineNumber: line, dscoItemID: item, sku: sku, partnerSKU: nil, quantity: quantity,
            unitPrice: Decimal(string: price) ?? -1,
            trackingNumber: nil)
    }
}
