package import Domain
import FoundationEssentials
package import JSON

/// `POST /invoice` and `/invoice/batch/small` (DSCO contract 6.1). Money goes out as JSON numbers with exactly the decimal's
/// digits.
package enum InvoiceBody {
    package static func invoice(_ invoice: Invoice) -> JSON {
        var object = JSONObject()
        object.add("invoiceId", invoice.invoiceID)
        object.add("poNumber", invoice.poNumber)
        object.add("dscoOrderId", invoice.dscoOrderID)
        object.add("invoiceDate", DSCODate.text(invoice.invoiceDate))
        object.add("currencyCode", invoice.currency)
        object.append("lineItemsSubtotal", money(invoice.lines.reduce(0) { $0 + amount(of: $1) }))
        object.append("totalAmount", money(invoice.totalAmount))
        object.add("numberOfLineItems", invoice.lines.count)
        object.append("lineItems", .array(invoice.lines.map(line)))
        let ship = ship(invoice)
        if !ship.isEmpty { object.append("ship", .object(ship)) }
        return .object(object)
    }

    package static func batches(_ invoices: [Invoice], largestBody: Int = DSCOBatching.largestBody) -> [DSCOBatch<Invoice>] {
        DSCOBatching.cut(invoices, largestBody: largestBody, element: invoice)
    }

    private static func line(_ line: Invoice.Line) -> JSON {
        var object = JSONObject()
        object.add("lineNumber", line.lineNumber)
        object.add("dscoItemId", line.dscoItemID)
        object.add("sku", line.sku)
        object.add("partnerSku", line.partnerSKU)
        object.add("quantity", line.quantity)
        object.append("unitPrice", money(line.unitPrice))
        object.append("extendedAmount", money(amount(of: line)))
        object.add("trackingNumber", line.trackingNumber)
        return .object(object)
    }

    /// How the goods went out. The invoice carries the ship date as its own date (design 6).
    private static func ship(_ invoice: Invoice) -> JSONObject {
        var object = JSONObject()
        object.add("trackingNumber", invoice.trackingNumber)
        object.add("carrier", invoice.carrier)
        object.add("method", invoice.method)
        object.add("serviceLevelCode", invoice.serviceLevelCode)
        if invoice.trackingNumber != nil { object.add("date", DSCODate.text(invoice.invoiceDate)) }
        object.add("warehouseCode", invoice.warehouseCode)
        return object
    }

    private static func amount(of line: Invoice.Line) -> Decimal { Decimal(line.quantity) * line.unitPrice }

    private static func money(_ value: Decimal) -> JSON { .number(JSONNumber(value)) }
}
