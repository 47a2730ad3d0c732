import Domain
import JSON
import PartnerHTTP

/// One page of a log.
struct ChangeLogPage {
    let scrollID: String?
    let progress: ChangeLogAnswer.Progress?
    let rows: [ChangeLogRow]

    init(_ json: JSONReader, of log: ChangeLog) throws(JSONError) {
        scrollID = try json.text(ifPresent: "scrollId")
        progress = json.value["status"]?.string.flatMap { ChangeLogAnswer.Progress(rawValue: $0.uppercased()) }
        rows = try json.elements("logs").map { ChangeLogRow($0.value, of: log) }
    }
}

extension ChangeLogRow {
    init(_ json: JSONView, of log: ChangeLog) {
        let messages = DSCOMessage.list(json["results"])
        let summary = DSCOMessage.summary(messages)
        key = Key(json["payload"], of: log)
        status = json["status"]?.string.flatMap { Status(rawValue: $0.lowercased()) }
        requestID = json["requestId"]?.text
        code = summary.code
        words = summary.words.map { Redaction.redact($0, limit: 300) }
        processed = json["dateProcessed"]?.string.flatMap(DSCODate.parse)
        figure =
            log != .inventory
            ? nil
            : json["payload"].flatMap { try? InventoryRecord(JSONReader($0)) }.map {
                StockFigure(sku: $0.sku, warehouses: $0.warehouses)
            }
    }
}

extension ChangeLogRow.Key {
    init(_ payload: JSONView?, of log: ChangeLog) {
        self = Self.read(payload, log) ?? .unknown
    }

    private static func read(_ payload: JSONView?, _ log: ChangeLog) -> Self? {
        guard let payload else { return nil }
        func text(_ key: String) -> String? { payload[key]?.text }
        switch log {
        case .orders:
            if let shipments = payload["shipments"]?.array {
                return .shipments(
                    dscoOrderID: text("dscoOrderId"), poNumber: text("poNumber"),
                    trackingNumbers: shipments.compactMap { $0["trackingNumber"]?.text })
            }
            guard let id = text("id"), let type = text("type") else { return nil }
            return payload["lineItems"]?.array == nil ? .acknowledgement(id: id, type: type) : .orderLines(id: id, type: type)
        case .invoices:
            return text("invoiceId").map { .invoice(id: $0, dscoOrderID: text("dscoOrderId"), poNumber: text("poNumber")) }
        case .inventory:
            return text("sku").map { .item(sku: $0) }
        }
    }
}
