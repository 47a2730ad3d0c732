import Crypto
package import Domain
import FoundationEssentials
import JSON
import Pipeline
import PostgreSQL

/// An order as DSCO listed it: decoded, and byte for byte.
package struct PulledOrder: Sendable {
    package var order: Order
    package let payload: [UInt8]
    let digest: String

    /// - Parameter digest: of the payload, where it is at hand.
    package init(order: Order, payload: [UInt8], digest: String? = nil) {
        self.order = order
        // The row's own names must be storable, and found again by the same name.
        self.order.dscoOrderID = order.dscoOrderID?.withoutNUL
        self.order.poNumber = order.poNumber.withoutNUL
        self.payload = payload
        self.digest = digest ?? Self.digest(of: payload)
    }

    package var key: OrderKey { order.key }

    var name: StoredName { StoredName(key: key, poNumber: order.poNumber) }

    /// As Postgres' `md5()` of the payload's text: tells whether DSCO has news.
    package static func digest(of payload: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: Insecure.MD5.hash(data: payload).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension PulledOrder {
    /// The columns that are derived from the payload.
    private static let derived = [
        "dsco_order_id", "po_number", "retailer_id", "dsco_status", "dsco_lifecycle", "warehouse_id", "shipment",
        "dsco_create_time", "dsco_update_time", "acknowledge_by", "ship_by", "invoice_by", "payload_digest",
    ]
    static let columns = (derived + ["payload", "open_units", "mskus"]).joined(separator: ", ")
    static let values = (derived.map { "d.\($0)" } + casts.map(\.value)).joined(separator: ", ")
    static let assignments =
        (derived.map { "\($0) = d.\($0)" } + casts.map { "\($0.name) = \($0.value)" }).joined(separator: ", ")

    private static let casts = [
        (name: "payload", value: "d.payload::json"), (name: "open_units", value: "d.open_units::json"),
        (name: "mskus", value: "array(select json_array_elements_text(d.mskus::json))"),
    ]

    /// `unnest(…) as d (order_key, partition, …)`.
    static func rows(_ pulled: [PulledOrder]) -> PostgresQuery {
        let orders = pulled.map(\.order)
        return """
            unnest(
              \(pulled.map(\.key.rawValue)), \(pulled.map { Partition.of($0.key) }), \(orders.map(\.dscoOrderID)),
              \(orders.map(\.poNumber)), \(orders.map(\.retailerID?.withoutNUL)), \(orders.map(\.dscoStatus?.rawValue)),
              \(orders.map(\.lifecycle?.rawValue)),
              \(orders.map(\.warehouseCode?.withoutNUL)), \(orders.map(\.logisticsRoute?.withoutNUL)), \(orders.map(\.created)),
              \(orders.map(\.updated)), \(orders.map(\.acknowledgeBy)), \(orders.map(\.shipBy)), \(orders.map(\.invoiceBy)),
              \(pulled.map(\.digest)), \(pulled.map { String(decoding: $0.payload, as: UTF8.self) }),
              \(pulled.map { JSON.column($0.mskus).text() }), \(pulled.map { $0.openUnits.text() })
            ) as d (order_key, partition, \(unescaped: derived.joined(separator: ", ")), payload, mskus, open_units)
            """
    }

    /// `sku(quantity)` a line, under the name that LingXing knows.
    private var mskus: [String] {
        order.lines.map { "\($0.msku ?? "?")(\($0.quantity))" }
    }

    /// The units that the order still asks for, by DSCO SKU and warehouse: stock keeps them back while LingXing does not know them.
    private var openUnits: JSON {
        .array(
            StockPlan.pendingUnits(of: [order]).map { pending in
                ["sku": .column(pending.sku), "warehouse": .column(pending.warehouseCode), "units": .column(pending.quantity)]
            })
    }
}
