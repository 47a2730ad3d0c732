import Domain
import JSON
import PostgreSQL

/// How what was learned about an order comes onto its row; what nothing was learned about stays.
extension Learned {
    /// LingXing's numbers as a JSON array.
    var numbersColumn: String? { lingXingOrderNumbers.map { JSON.column($0).text() } }

    /// Tracking numbers as a JSON array.
    var trackingColumn: String? { trackingNumbers.map { JSON.column($0).text() } }

    var fulfilmentColumn: String? { fulfilment.map { LedgerCoding.text($0) } }

    /// For `update dsco_order_sync o … from … as x (…, numbers, tracking, fulfilment)`.
    static let assignments: PostgresQuery = """
        lingxing_order_numbers = case when x.numbers is null then o.lingxing_order_numbers
          else array(select json_array_elements_text(x.numbers::json)) end,
        tracking_numbers = case when x.tracking is null then o.tracking_numbers
          else array(select json_array_elements_text(x.tracking::json)) end,
        fulfilment = coalesce(x.fulfilment::json, o.fulfilment)
        """
}
