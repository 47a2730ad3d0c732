package import DSCO
package import Domain
import FoundationEssentials
package import PartnerHTTP
package import StageRunner

extension Invoice: DSCOEffect {
    package static var log: ChangeLog { .invoices }

    package static func batches(_ effects: [Invoice]) -> [DSCOBatch<Invoice>] { InvoiceBody.batches(effects) }

    package static func send(
        _ batch: DSCOBatch<Invoice>, by client: DSCOClient, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) -> AsyncReceipt {
        try await client.invoice(batch, deadline: deadline)
    }

    package static func singles(_ effects: [Invoice]) -> [[Invoice]] { effects.map { [$0] } }

    package static func sendAtOnce(
        _ effects: [Invoice], by client: DSCOClient, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) {
        for invoice in effects { try await client.invoiceAtOnce(invoice, deadline: deadline) }
    }

    package static func names(in key: ChangeLogRow.Key) -> [String] {
        if case .invoice(let id, _, let number) = key { ["\(id) \(number ?? "")"] } else { [] }
    }

    package var logName: String { "\(invoiceID) \(poNumber)" }

    /// An invoice with our id on our order is ours if it bills the same.
    package func look(_ record: OrderRecord, by client: DSCOClient) async throws(PartnerError) -> Finding? {
        let shown = try await client.invoices(id: invoiceID).filter(mayBe)
        guard let first = shown.first else { return .absent }
        if shown.contains(where: { $0.bills(self) }) { return .present(Learned()) }
        return .ambiguous(
            first.totalAmount == totalAmount
                ? "DSCO shows an invoice of this id with other lines than we meant"
                : "DSCO shows an invoice of this id over \(first.totalAmount), we meant \(totalAmount)")
    }

    /// Whether the invoice is about our order. One that does not say of which order it is may be.
    private func mayBe(_ shown: InvoiceRecord) -> Bool {
        if let id = shown.dscoOrderID, let ours = dscoOrderID { return id == ours }
        return shown.poNumber.map { $0 == poNumber } ?? true
    }
}

extension InvoiceRecord {
    /// Whether this bills what we meant: the sum, the currency, and the lines where DSCO shows any. DSCO may order and name the lines
    /// in its own way, so their quantities and prices are compared.
    package func bills(_ invoice: Invoice) -> Bool {
        guard totalAmount == invoice.totalAmount, currency.map({ $0 == invoice.currency }) ?? true else { return false }
        guard !lines.isEmpty else { return true }
        let prices = lines.compactMap(\.unitPrice)
        guard prices.count == lines.count else { return lines.map(\.quantity).sorted() == invoice.lines.map(\.quantity).sorted() }
        return units(lines.map(\.quantity), prices) == units(invoice.lines.map(\.quantity), invoice.lines.map(\.unitPrice))
    }

    /// Units by price: DSCO may show one line of ours as two.
    private func units(_ quantities: [Int], _ prices: [Decimal]) -> [Decimal: Int] {
        zip(prices, quantities).reduce(into: [:]) { $0[$1.0, default: 0] += $1.1 }.filter { $0.value != 0 }
    }
}
