package import DSCO
import Domain
import FoundationEssentials
import PartnerHTTP
import Pipeline
package import StageRunner
import Store

/// How effects reach DSCO and come back from its change log; the same for ack, ship and invoice (DSCO contract 2).
package struct DSCOEffects<Effect: DSCOEffect>: Sendable {
    package let client: DSCOClient
    let timing: EffectTiming

    package init(_ client: DSCOClient, _ timing: EffectTiming) {
        self.client = client
        self.timing = timing
    }

    /// Sends the effects batch by batch; a 202 makes them accepted, never confirmed (invariant 5). What goes alone goes to the endpoint
    /// that answers at once.
    package func submit(
        _ rows: [OpenRow<Effect>], _ permit: SendPermit, _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        let (alone, rest) = split(rows)
        for order in alone { try await submitAlone(order, permit, report) }
        for (batch, members) in pieces(of: rest) {
            let answers = await sendHalving(members) { part throws(PartnerError) in
                var answers: [Answer] = []
                // What was refused as a whole is cut anew.
                for (piece, rows) in part.count == members.count ? [(batch, members)] : pieces(of: part) {
                    let receipt = try await Effect.send(piece, by: client, deadline: permit.until)
                    answers += rows.map { Answer($0.id, .accepted(requestID: receipt.requestID)) }
                }
                return answers
            }
            try await report(answers)
        }
    }

    /// The calls that the rows go out in, each with its rows.
    private func pieces(of rows: [OpenRow<Effect>]) -> [(batch: DSCOBatch<Effect>, rows: [OpenRow<Effect>])] {
        Effect.batches(rows.map(\.effect)).map { batch in (batch, batch.places.map { rows[$0] }) }
    }

    /// Looks the effects up by their request ids, a call for each, those sent first first.
    ///
    /// - Parameter isOver: asked before every call but the first, so that however many there are, something comes of each look.
    package func confirm(
        _ rows: [OpenRow<Effect>], unless isOver: () -> Bool = { false }
    ) async throws -> [Int64: StageRunner.Confirmation] {
        var confirmations: [Int64: StageRunner.Confirmation] = [:]
        var requests = Dictionary(grouping: rows) { $0.row.requestID ?? "" }
        requests[""] = nil
        for (place, (requestID, rows)) in requests.sorted(by: { $0.value.firstSent() < $1.value.firstSent() }).enumerated() {
            if place > 0, isOver() { break }
            let answer: ChangeLogAnswer
            do {
                answer = try await client.changes(in: Effect.log, .request(id: requestID))
            } catch {
                // What the others came to is worth keeping; whoever looks next meets the error first.
                guard confirmations.isEmpty else { break }
                throw error
            }
            let told = LoggedEffects<Effect>(answer.rows)
            for row in rows {
                let found = told[row.effect]
                switch found?.status {
                case .success:
                    confirmations[row.id] = .confirmed
                case .failure:
                    confirmations[row.id] = .refused(Failure(refusedBy: found))
                case .pending:
                    confirmations[row.id] = .pending
                case nil:
                    confirmations[row.id] = answer.progress == .completed && found == nil ? .missing : .pending
                }
            }
        }
        return confirmations
    }

    // MARK: Alone

    /// The most orders of one submission that are sent one by one.
    private static var mostAlone: Int { 20 }

    /// A single order goes alone, and so does one that DSCO's log refused without a reason: there the answer says why (DSCO contract 5.2).
    private func split(_ rows: [OpenRow<Effect>]) -> (alone: [[OpenRow<Effect>]], rest: [OpenRow<Effect>]) {
        guard !Effect.singles(rows.map(\.effect)).isEmpty else { return ([], rows) }
        let orders = Dictionary(grouping: rows, by: \.order.key).sorted { $0.key < $1.key }.map(\.value)
        if orders.count == 1 { return (orders, []) }
        let unexplained = orders.filter { $0.first?.order.claimed.lastErrorCode == Failure.noReason }.prefix(Self.mostAlone)
        let ids = Set(unexplained.flatMap { $0.map(\.id) })
        return (Array(unexplained), rows.filter { !ids.contains($0.id) })
    }

    private func submitAlone(
        _ rows: [OpenRow<Effect>], _ permit: SendPermit, _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        let byEffect = Dictionary(grouping: rows, by: \.effect)
        for effects in Effect.singles(rows.map(\.effect)) {
            let kind: Answer.Kind
            do {
                try await Effect.sendAtOnce(effects, by: client, deadline: permit.until)
                kind = .confirmed(Learned())
            } catch {
                kind = Answer.Kind(error)
            }
            try await report(Set(effects).flatMap { byEffect[$0] ?? [] }.map { Answer($0.id, kind) })
        }
    }
}

extension Array {
    /// The row of the ledger that is oldest: ids are given in the order of the intents.
    fileprivate func firstSent<Effect>() -> Int64 where Element == OpenRow<Effect> { map(\.id).min() ?? 0 }
}

extension Failure {
    /// The code of a refusal that the change log does not explain.
    static let noReason = "refused_without_reason"

    /// A refusal as the change log tells it.
    init(refusedBy row: ChangeLogRow?) {
        if let words = row?.words {
            self.init(code: row?.code ?? "refused", words: words)
        } else {
            self.init(code: Self.noReason, words: "DSCO gave no reason" + (row?.code.map { " (\($0))" } ?? ""))
        }
    }
}
