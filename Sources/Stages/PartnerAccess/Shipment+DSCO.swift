package import DSCO
package import Domain
package import PartnerHTTP
package import StageRunner

extension Shipment: DSCOEffect {
    package static var log: ChangeLog { .orders }

    package static func batches(_ effects: [Shipment]) -> [DSCOBatch<Shipment>] { ShipmentBody.batches(effects) }

    package static func send(
        _ batch: DSCOBatch<Shipment>, by client: DSCOClient, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) -> AsyncReceipt {
        try await client.ship(batch, deadline: deadline)
    }

    /// One order's parcels go in one call.
    package static func singles(_ effects: [Shipment]) -> [[Shipment]] { [effects] }

    package static func sendAtOnce(
        _ effects: [Shipment], by client: DSCOClient, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) {
        try await client.shipAtOnce(effects, deadline: deadline)
    }

    /// By whichever id the row gives, and the tracking number.
    package static func names(in key: ChangeLogRow.Key) -> [String] {
        guard case .shipments(let id, let number, let tracking) = key else { return [] }
        return tracking.flatMap { parcel in
            [id.map { name(id: $0, parcel) }, number.map { name(poNumber: $0, parcel) }].compactMap { $0 }
        }
    }

    package var logName: String {
        dscoOrderID.map { Self.name(id: $0, trackingNumber) } ?? Self.name(poNumber: poNumber, trackingNumber)
    }

    private static func name(id: String, _ tracking: String) -> String { "id \(id) \(tracking)" }
    private static func name(poNumber: String, _ tracking: String) -> String { "po \(poNumber) \(tracking)" }

    /// A tracking number among DSCO's packages is our shipment if the units are the same, line by line.
    package func look(_ record: OrderRecord, by client: DSCOClient) async throws(PartnerError) -> Finding? {
        guard let order = try await client.currentOrder(record) else { return nil }
        return switch order.shows(self) {
        case .absent: order.isCancelledAtDSCO ? .orderCancelled(nil) : .absent
        case .same: .present(Learned())
        case .different: .ambiguous("DSCO shows other goods under this tracking number than we meant")
        }
    }
}
