package import DSCO
package import Domain
package import PartnerHTTP
package import StageRunner

/// An effect on DSCO: how it is sent, by which name it stands in the change log, and how its object shows it (DSCO contract 2 to 6).
package protocol DSCOEffect: PartnerEffect {
    /// The change log that tells what became of it.
    static var log: ChangeLog { get }

    /// Cuts effects into calls.
    static func batches(_ effects: [Self]) -> [DSCOBatch<Self>]

    /// Hands a batch over; a 202 is a receipt, nothing more.
    static func send(
        _ batch: DSCOBatch<Self>, by client: DSCOClient, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) -> AsyncReceipt

    /// One order's effects, cut into calls of the endpoint that answers at once; empty where DSCO has none.
    static func singles(_ effects: [Self]) -> [[Self]]

    /// Sends one of `singles`; returning means that it is done.
    static func sendAtOnce(
        _ effects: [Self], by client: DSCOClient, deadline: ContinuousClock.Instant
    ) async throws(PartnerError)

    /// The names of the effects that a row of the log is about.
    static func names(in key: ChangeLogRow.Key) -> [String]

    /// This effect's name there.
    var logName: String { get }

    /// Whether DSCO's object shows the effect; `nil` when DSCO does not show the object, or not readably.
    func look(_ record: OrderRecord, by client: DSCOClient) async throws(PartnerError) -> Finding?
}

extension DSCOClient {
    /// The order of a row as DSCO shows it now; `nil` when DSCO does not show it, or shows something unreadable.
    package func currentOrder(_ record: OrderRecord) async throws(PartnerError) -> Order? {
        let lookup: OrderLookup = record.order.dscoOrderID.map { .dscoOrderID($0) } ?? .poNumber(record.order.poNumber)
        for received in try await orders(by: lookup) {
            if case .success(let order) = received.decoded(), order.key == record.key { return order }
        }
        return nil
    }
}
