package import FoundationEssentials
import JSON

/// An invoice as DSCO shows it (DSCO contract 6.2).
package struct InvoiceRecord: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        package let lineNumber: Int?
        package let dscoItemID: String?
        package let sku: String?
        package let quantity: Int
        package let unitPrice: Decimal?
    }

    package let invoiceID: String
    package let poNumber: String?
    package let dscoOrderID: String?
    package let totalAmount: Decimal
    package let currency: String?
    package let lines: [Line]
    /// What DSCO expected less what we billed, where it has worked that out: shown, never corrected.
    package let expectedDifference: Decimal?

    init(_ json: JSONReader) throws(JSONError) {
        invoiceID = try json.text("invoiceId")
        poNumber = try json.text(ifPresent: "poNumber")
        dscoOrderID = try json.text(ifPresent: "dscoOrderId")
        totalAmount = try json.decimal("totalAmount")
        currency = try json.text(ifPresent: "currencyCode")
        expectedDifference = json.value["dscoExpectedOrderTotalDifference"]?.decimal
        lines = try json.elements(ifPresent: "lineItems")?.map(Line.init) ?? []
    }
}

extension InvoiceRecord.Line {
    init(_ json: JSONReader) throws(JSONError) {
        lineNumber = try json.int(ifPresent: "lineNumber")
        dscoItemID = try json.text(ifPresent: "dscoItemId")
        sku = try json.text(ifPresent: "sku")
        quantity = try json.int("quantity")
        unitPrice = try json.decimal(ifPresent: "unitPrice")
    }
}
