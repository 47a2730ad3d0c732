/// The calls Conveyor makes to DSCO. The raw value is method and path, as errors and metrics show it.
package enum DSCOEndpoint: String, Sendable, Hashable, CaseIterable {
    case ordersPage = "GET /order/page"
    case orders = "GET /order/"
    case acknowledge = "POST /order/acknowledge"
    case shipments = "POST /order/shipment/batch/small"
    case singleShipment = "POST /order/singleShipment"
    case orderLog = "GET /order/log"
    case invoices = "POST /invoice/batch/small"
    case createInvoice = "POST /invoice"
    case findInvoices = "GET /invoice"
    case invoiceLog = "GET /invoice/log"
    case inventory = "POST /inventory/batch/small"
    case singleItem = "POST /inventory/singleItem"
    case findItem = "GET /inventory"
    case inventoryLog = "GET /inventory/log"
    case warehouses = "GET /warehouse/page"

    package var method: String { isRead ? "GET" : "POST" }
    package var path: String { String(rawValue.drop { $0 != "/" }) }
    /// Whether it changes nothing at DSCO.
    package var isRead: Bool { rawValue.hasPrefix("GET") }

    /// The published limits (DSCO contract 1.3); where nothing is published, 5 a second and 300 a minute (design 8).
    package var rateLimit: RateLimit {
        switch self {
        case .orders, .ordersPage: RateLimit(perSecond: 10, perMinute: 500)
        case .acknowledge, .findInvoices, .createInvoice: RateLimit(perSecond: 15, perMinute: 1000)
        case .singleShipment, .findItem: RateLimit(perSecond: 15, perMinute: 300)
        case .shipments, .orderLog, .invoices, .invoiceLog, .inventory, .singleItem, .inventoryLog, .warehouses:
            RateLimit(perSecond: 5, perMinute: 300)
        }
    }
}
