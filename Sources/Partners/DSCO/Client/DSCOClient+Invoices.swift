package import Domain
import JSON
package import PartnerHTTP

extension DSCOClient {
    /// Sends invoices. The outcome per invoice is in the invoices' change log.
    package func invoice(
        _ batch: DSCOBatch<Invoice>, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) -> AsyncReceipt {
        try await queue(.invoices, body: batch.body, deadline: deadline)
    }

    /// Sends one invoice and returns when DSCO has taken it; it shows up in `invoices` a little later.
    package func invoiceAtOnce(_ invoice: Invoice, deadline: ContinuousClock.Instant) async throws(PartnerError) {
        try await execute(.createInvoice, body: InvoiceBody.invoice(invoice), deadline: deadline)
    }

    /// The invoices under an invoice id; none means not there, or not there yet. The id is the seller's own and another order
    /// may carry the same: compare the order too.
    package func invoices(
        id: String, deadline: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> [InvoiceRecord] {
        try await call(
            .findInvoices, query: [("key", "invoiceId"), ("value", id)], deadline: deadline, accepts: DSCOAnswer.isNotFound
        ) { response throws(PartnerError) in
            if response.status == 404 { return [] }
            return try decode(response, .findInvoices) { json throws(JSONError) in
                try json.elements("invoices").map(InvoiceRecord.init)
            }
        }
    }
}
