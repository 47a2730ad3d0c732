package import DSCO
package import Domain
package import PartnerHTTP
package import StageRunner

extension Acknowledgement: DSCOEffect {
    package static var log: ChangeLog { .orders }

    package static func batches(_ effects: [Acknowledgement]) -> [DSCOBatch<Acknowledgement>] {
        AcknowledgementBody.batches(effects)
    }

    package static func send(
        _ batch: DSCOBatch<Acknowledgement>, by client: DSCOClient, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) -> AsyncReceipt {
        try await client.acknowledge(batch, deadline: deadline)
    }

    /// DSCO acknowledges asynchronously only.
    package static func singles(_ effects: [Acknowledgement]) -> [[Acknowledgement]] { [] }

    package static func sendAtOnce(
        _ effects: [Acknowledgement], by client: DSCOClient, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) {
        throw PartnerError(.dsco, .bug, call: "acknowledge at once", code: "no_such_endpoint")
    }

    package static func names(in key: ChangeLogRow.Key) -> [String] {
        if case .acknowledgement(let id, let type) = key { ["\(type) \(id)"] } else { [] }
    }

    package var logName: String { "\(type.rawValue) \(id)" }

    /// An order that DSCO counts as acknowledged or completed has its acknowledgement, whoever gave it; not one that was completed by
    /// cancelling it.
    package func look(_ record: OrderRecord, by client: DSCOClient) async throws(PartnerError) -> Finding? {
        guard let order = try await client.currentOrder(record) else { return nil }
        if order.isCancelledAtDSCO { return .orderCancelled(nil) }
        if order.isAcknowledgedAtDSCO { return .present(Learned()) }
        return order.lifecycle == nil && order.dscoStatus == nil ? nil : .absent
    }
}
