import Foundation
import JSON

/// A write request as DSCO got it.
struct RecordedRequest: Sendable {
    let path: String
    let body: JSON

    static func all(in lines: [UInt8]) throws -> [RecordedRequest] {
        try lines.split(separator: UInt8(ascii: "\n")).map { line in
            let request = try JSON.parse(line)
            return RecordedRequest(path: request["path"]?.string ?? "", body: request["body"] ?? .null)
        }
    }

    /// What DSCO's contract demands beyond the types of the fields; empty when all is well.
    var faults: [String] {
        let objects = body.array ?? [body]
        var faults = objects.isEmpty ? ["nothing in it"] : []
        for object in objects {
            switch path {
            case "/order/acknowledge":
                if object["id"]?.string == nil || object["type"]?.string == nil { faults.append("no id or no type") }
            case let path where path.hasPrefix("/order/") && path.lowercased().contains("shipment"):
                faults += identityFaults(object)
                for parcel in object["shipments"]?.array ?? [] {
                    if parcel["trackingNumber"]?.string?.isEmpty != false { faults.append("no tracking number") }
                    faults += lineFaults(parcel)
                }
            case let path where path.hasPrefix("/invoice"):
                faults += identityFaults(object) + lineFaults(object)
                let sum = (object["lineItems"]?.array ?? []).reduce(Decimal(0)) {
                    $0 + ($1["quantity"]?.decimal ?? 0) * ($1["unitPrice"]?.decimal ?? 0)
                }
                if object["totalAmount"]?.decimal != sum { faults.append("totalAmount is not the lines' sum") }
                if object["invoiceId"]?.string == nil { faults.append("no invoiceId") }
            case let path where path.hasPrefix("/inventory"):
                if object["sku"]?.string == nil { faults.append("no sku") }
                let sum = (object["warehouses"]?.array ?? []).reduce(0) { $0 + ($1["quantity"]?.int ?? 0) }
                if object["quantityAvailable"]?.int != sum { faults.append("quantityAvailable is not the warehouses' sum") }
            default:
                faults.append("no call that Conveyor makes")
            }
        }
        return faults.map { "\(path): \($0)" }
    }

    private func identityFaults(_ object: JSON) -> [String] {
        // Design 1: both of them.
        object["dscoOrderId"]?.text == nil || object["poNumber"]?.string == nil ? ["not identified by both numbers"] : []
    }

    private func lineFaults(_ object: JSON) -> [String] {
        let lines = object["lineItems"]?.array ?? []
        if lines.isEmpty { return ["no lines"] }
        return lines.filter { $0["sku"]?.string == nil && $0["dscoItemId"]?.text == nil }.map { _ in "a line without an item" }
    }
}
