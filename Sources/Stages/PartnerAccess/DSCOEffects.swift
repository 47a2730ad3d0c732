package import DSCO
package import Domain
package import PartnerHTTP
import Pipeline
package import StageRunner
import Store

/// How effects reach DSCO and come back from its change log; the same for ack, ship and invoice (DSCO contract 2).
package struct DSCOEffects<Effect: PartnerEffect>: Sendable {
    let client: DSCOClient
    let log: ChangeLog
    /// Cuts effects into calls.
    let batches: @Sendable ([Effect]) -> [DSCOBatch<Effect>]
    let send: @Sendable (DSCOBatch<Effect>, ContinuousClock.Instant) async throws(PartnerError) -> AsyncReceipt
    /// The words by which a log row and an effect know each other.
    let logKeys: @Sendable (ChangeLogRow.Key) -> [String]
    let rowKeys: @Sendable (OpenRow<Effect>) -> [String]

    package init(
        _ client: DSCOClient, log: ChangeLog, batches: @escaping @Sendable ([Effect]) -> [DSCOBatch<Effect>],
        send: @escaping @Sendable (DSCOBatch<Effect>, ContinuousClock.Instant) async throws(PartnerError) -> AsyncReceipt,
        logKeys: @escaping @Sendable (ChangeLogRow.Key) -> [String], rowKeys: @escaping @Sendable (OpenRow<Effect>) -> [String]
    ) {
        self.client = client
        self.log = log
        self.batches = batches
        self.send = send
        self.logKeys = logKeys
        self.rowKeys = rowKeys
    }

    /// Sends the effects batch by batch; a 202 makes them accepted, never confirmed (invariant 5).
    package func submit(
        _ rows: [OpenRow<Effect>], _ permit: SendPermit, _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        let byEffect = Dictionary(grouping: rows, by: \.effect)
        for batch in batches(rows.map(\.effect)) {
            let members = Set(batch.effects).flatMap { byEffect[$0] ?? [] }
            let answers = await sendHalving(members) { part throws(PartnerError) in
                var answers: [Answer] = []
                for piece in batches(part.map(\.effect)) {
                    let receipt = try await send(piece, permit.until)
                    answers += Set(piece.effects).flatMap { byEffect[$0] ?? [] }.map {
                        Answer($0.id, .accepted(requestID: receipt.requestID))
                    }
                }
                return answers
            }
            try await report(answers)
        }
    }

    /// Looks the effects up by their request ids.
    package func confirm(_ rows: [OpenRow<Effect>]) async throws -> [Int64: Confirmation] {
        var confirmations: [Int64: Confirmation] = [:]
        for (requestID, rows) in Dictionary(grouping: rows, by: { $0.row.requestID ?? "" }) where !requestID.isEmpty {
            let answer = try await client.changes(in: log, .request(id: requestID))
            var byKey: [String: ChangeLogRow] = [:]
            for row in answer.rows {
                for key in logKeys(row.key) where byKey[key]?.status != .success { byKey[key] = row }
            }
            for row in rows {
                let found = rowKeys(row).lazy.compactMap { byKey[$0] }.first
                switch found?.status {
                case .success:
                    confirmations[row.id] = .confirmed
                case .failure:
                    confirmations[row.id] = .refused(
                        Failure(code: found?.code ?? "refused", words: found?.words ?? "DSCO gave no reason"))
                case .pending:
                    break
                case nil:
                    if answer.progress == .completed { confirmations[row.id] = .missing }
                }
            }
        }
        return confirmations
    }

    /// Looks at each effect's object with `look`, a few at a time.
    package func reconcile(
        _ rows: [OpenRow<Effect>], look: @Sendable @escaping (OpenRow<Effect>) async throws -> Finding?
    ) async throws -> [Int64: Finding] {
        let findings = try await concurrentMap(rows, limit: 4) { row in (row.id, try await look(row)) }
        return Dictionary(findings.compactMap { id, finding in finding.map { (id, $0) } }) { first, _ in first }
    }
}

extension DSCOClient {
    /// The order of a row as DSCO shows it now; `nil` when DSCO does not show it, or shows something unreadable.
    package func currentOrder(_ record: OrderRecord) async throws(PartnerError) -> Order? {
        let lookup: OrderLookup = record.order.dscoOrderID.map { .dscoOrderID($0) } ?? .poNumber(record.order.poNumber)
        for received in try await orders(by: lookup) {
            if case .success(let order) = received.order, order.key == record.key { return order }
        }
        return nil
    }
}
