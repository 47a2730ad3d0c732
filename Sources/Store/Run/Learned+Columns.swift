import Domain
import JSON
import PostgreSQL

/// How what was learned about an order comes onto its row; what nothing was learned about stays.
extension Learned {
    var columns: JSONObject {
        get throws {
            JSONObject([
                ("numbers", .column(lingXingOrderNumbers)), ("tracking", .column(trackingNumbers)),
                ("fulfilment", try fulfilment.map { try LedgerCoding.json(ofValue: $0).withoutNUL } ?? .null),
            ])
        }
    }

    static let columnTypes = "numbers json, tracking json, fulfilment json"

    /// For `update dsco_order_sync o … from … as x`.
    static let assignments: PostgresQuery = """
        lingxing_order_numbers = case when x.numbers is null then o.lingxing_order_numbers
          else array(select json_array_elements_text(x.numbers)) end,
        tracking_numbers = case when x.tracking is null then o.tracking_numbers
          else array(select json_array_elements_text(x.tracking)) end,
        fulfilment = coalesce(x.fulfilment, o.fulfilment)
        """
}

extension JSON {
    /// Without U+0000 in any text, which Postgres cannot store.
    fileprivate var withoutNUL: JSON {
        switch self {
        case .string: .column(string)
        case .array(let elements): .array(elements.map(\.withoutNUL))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.withoutNUL) }))
        case .null, .bool, .number: self
        }
    }

    /// The members of an object and more.
    func merging(_ more: JSONObject) -> JSON {
        guard let object else { return self }
        return .object(JSONObject(members: object.members + more.members))
    }
}
