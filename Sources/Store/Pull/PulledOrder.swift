import Crypto
package import Domain
import FoundationEssentials
import JSON
import Pipeline

/// An order as DSCO listed it: decoded, and byte for byte.
package struct PulledOrder: Sendable {
    package var order: Order
    package var payload: [UInt8]

    package init(order: Order, payload: [UInt8]) {
        self.order = order
        // The row's own names must be storable, and found again by the same name.
        self.order.dscoOrderID = order.dscoOrderID?.withoutNUL
        self.order.poNumber = order.poNumber.withoutNUL
        self.payload = payload
    }

    package var key: OrderKey { order.key }

    /// As Postgres' `md5()` of the payload's text.
    var digest: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: Insecure.MD5.hash(data: payload).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Everything on the row that is derived from the payload.
    var columns: [(String, JSON)] {
        [
            ("order_key", .column(key.rawValue)), ("dsco_order_id", .column(order.dscoOrderID)),
            ("po_number", .column(order.poNumber)),
            ("retailer_id", .column(order.retailerID)), ("partition", .column(Partition.of(key))),
            ("dsco_status", .column(order.dscoStatus?.rawValue)), ("dsco_lifecycle", .column(order.lifecycle?.rawValue)),
            ("mskus", .column(mskus)), ("warehouse_id", .column(order.warehouseCode)), ("shipment", .column(shipment)),
            ("open_units", openUnits), ("dsco_create_time", .column(order.created)), ("dsco_update_time", .column(order.updated)),
            ("acknowledge_by", .column(order.acknowledgeBy)), ("ship_by", .column(order.shipBy)),
            ("invoice_by", .column(order.invoiceBy)),
        ]
    }

    /// `sku(quantity)` a line, under the name that LingXing knows.
    private var mskus: [String] {
        order.lines.map { "\($0.partnerSKU ?? $0.sku ?? "?")(\($0.quantity))" }
    }

    /// The key that the shipping method is mapped by.
    private var shipment: String? {
        guard let code = order.warehouseCode, let level = order.shippingServiceLevelCode else { return nil }
        return "\(code)-\(level)"
    }

    /// The units that the order still asks for, by DSCO SKU and warehouse: stock keeps them back while LingXing does not know them.
    private var openUnits: JSON {
        .array(
            StockPlan.pendingUnits(of: [order]).map { pending in
                ["sku": .column(pending.sku), "warehouse": .column(pending.warehouseCode), "units": .column(pending.quantity)]
            })
    }
}
