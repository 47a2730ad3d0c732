import DSCO
import Domain
import FoundationEssentials
import NIOConcurrencyHelpers
import PartnerAccess
import PartnerHTTP
import Pipeline
import StageRunner
import Store

/// Sends stock figures and closes their ledger rows. A figure in doubt is read and closed, never sent again: the next pass sends the current
/// one (design 7).
final class FigureSender: Sendable {
    private struct Sent: Sendable {
        var id: Int64
        var figure: StockFigure
        var requestID: String
    }

    private let dsco: DSCOClient
    private let store: StockStore
    private let timing: EffectTiming
    private let context: RunContext
    private let failed = NIOLockedValueBox(false)

    /// Whether DSCO failed in a way that concerns no single SKU.
    var partnerFailed: Bool { failed.withLockedValue { $0 } }

    init(_ dsco: DSCOClient, _ store: StockStore, _ timing: EffectTiming, _ context: RunContext) {
        self.dsco = dsco
        self.store = store
        self.timing = timing
        self.context = context
    }

    /// Closes what earlier runs left open, as far as DSCO tells.
    func resolve(_ open: [StoredSubmission]) async throws -> [String: Int] {
        var accepted: [Sent] = []
        var settlements: [StockSettlement] = []
        for row in open {
            let figure = try LedgerCoding.effect(row.effect, as: StockFigure.self)
            if row.state == .accepted, let requestID = row.requestID {
                accepted.append(Sent(id: row.id, figure: figure, requestID: requestID))
            }
        }
        settlements += try await confirmed(accepted)
        let settled = Set(settlements.map(\.id))
        for row in open where !settled.contains(row.id) {
            guard context.now() >= row.deadline.addingTimeInterval(timing.settling) else { continue }
            let figure = try LedgerCoding.effect(row.effect, as: StockFigure.self)
            let shown = try await dsco.stock(sku: figure.sku)
            settlements.append(
                StockSettlement(
                    id: row.id, figure: figure, end: shown?.warehouses == figure.warehouses ? .confirmed : .superseded))
        }
        return try await settle(settlements)
    }

    /// Writes the intents, sends, polls the log for a short while and settles.
    func send(_ figures: [StockFigure]) async throws -> [String: Int] {
        let permit = ContinuousClock.now + .seconds(timing.permission)
        let ids = try await store.intend(
            figures, deadline: context.now().addingTimeInterval(timing.permission), now: context.now())
        var accepted: [Sent] = []
        var settlements: [StockSettlement] = []
        for batch in InventoryBody.batches(figures.filter { ids[$0.sku] != nil }) {
            do throws(PartnerError) {
                let receipt = try await dsco.setStock(batch, deadline: permit)
                accepted += batch.effects.compactMap { figure in
                    ids[figure.sku].map { Sent(id: $0, figure: figure, requestID: receipt.requestID) }
                }
            } catch {
                if error.kind != .refused { failed.withLockedValue { $0 = true } }
                guard error.provesNoEffect else { continue }  // in doubt: read and closed later
                settlements += batch.effects.compactMap { figure in
                    ids[figure.sku].map {
                        let words = error.words ?? "\(error)"
                        return StockSettlement(
                            id: $0, figure: figure, end: error.kind == .refused ? .refused(words: words) : .superseded)
                    }
                }
            }
        }
        try await store.accept(accepted.map { ($0.id, $0.requestID) }, now: context.now())
        settlements += try await poll(accepted)
        return try await settle(settlements)
    }

    private func poll(_ accepted: [Sent]) async throws -> [StockSettlement] {
        let end = ContinuousClock.now + .seconds(10)
        var settlements: [StockSettlement] = []
        var waiting = accepted
        var pause = Duration.milliseconds(250)
        while !waiting.isEmpty, ContinuousClock.now + pause < end, !context.isStopping() {
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
            let news = try await confirmed(waiting)
            settlements += news
            let done = Set(news.map(\.id))
            waiting.removeAll { done.contains($0.id) }
        }
        return settlements
    }

    /// What the change log says; a figure without a row yet is left out.
    private func confirmed(_ accepted: [Sent]) async throws -> [StockSettlement] {
        var settlements: [StockSettlement] = []
        for (requestID, figures) in Dictionary(grouping: accepted, by: \.requestID) {
            let answer = try await dsco.changes(in: .inventory, .request(id: requestID))
            var rows: [String: ChangeLogRow] = [:]
            for row in answer.rows {
                if case .item(let sku) = row.key { rows[sku] = row }
            }
            for sent in figures {
                switch rows[sent.figure.sku]?.status {
                case .success:
                    settlements.append(StockSettlement(id: sent.id, figure: sent.figure, end: .confirmed))
                case .failure:
                    let words = rows[sent.figure.sku]?.words ?? "DSCO gave no reason"
                    let isKnown = try await dsco.stock(sku: sent.figure.sku) != nil
                    settlements.append(
                        StockSettlement(
                            id: sent.id, figure: sent.figure, end: isKnown ? .refused(words: words) : .unknownSKU(words: words)))
                case .pending, nil:
                    break
                }
            }
        }
        return settlements
    }

    private func settle(_ settlements: [StockSettlement]) async throws -> [String: Int] {
        try await store.settle(settlements, now: context.now())
        return settlements.reduce(into: [:]) { counts, settlement in
            switch settlement.end {
            case .confirmed: counts["confirmed", default: 0] += 1
            case .refused: counts["refused", default: 0] += 1
            case .unknownSKU: counts["unknown_sku", default: 0] += 1
            case .superseded: counts["superseded", default: 0] += 1
            }
        }
    }
}
