import Algorithms
import DSCO
import Domain
import FoundationEssentials
import NIOConcurrencyHelpers
import PartnerAccess
import PartnerHTTP
import Pipeline
import StageRunner
import Store

/// Sends stock figures and closes their ledger rows, each as soon as its end is known. A figure in doubt is read and closed, never sent again:
/// the next pass sends the current one (design 7).
final class FigureSender: Sendable {
    /// A figure and its ledger row.
    struct Sent: Sendable {
        var id: Int64
        var figure: StockFigure
    }

    let dsco: DSCOClient
    let store: StockStore
    let timing: EffectTiming
    let context: RunContext
    private let failed = NIOLockedValueBox(false)

    /// The most figures of one run that are looked at, or sent, one by one.
    static let mostSingles = 200

    /// Whether DSCO failed in a way that concerns no single SKU.
    var partnerFailed: Bool { failed.withLockedValue { $0 } }

    init(_ dsco: DSCOClient, _ store: StockStore, _ timing: EffectTiming, _ context: RunContext) {
        self.dsco = dsco
        self.store = store
        self.timing = timing
        self.context = context
    }

    /// More than this is no single figure's fault.
    private static let mostHalvings = 20

    /// Writes the intents, sends, polls the log for a short while and settles.
    func send(_ figures: [StockFigure]) async throws -> [String: Int] {
        let permit = ContinuousClock.now + .seconds(timing.permission)
        let ids = try await store.intend(
            figures, deadline: context.now().addingTimeInterval(timing.permission), now: context.now())
        let intended = figures.compactMap { figure in ids[figure.sku].map { Sent(id: $0, figure: figure) } }
        // One figure alone goes to the endpoint that answers at once (design 1).
        if let only = intended.first, intended.count == 1 { return try await settle(await sendAtOnce(only, permit)) }

        let (accepted, counts) = try await submit(intended, permit)
        return counts.merging(try await poll(accepted, permit)) { $0 + $1 }
    }

    /// Sends figures in batches. One that DSCO refuses as a whole is halved until the figure to blame stands alone.
    ///
    /// - Returns: what DSCO took, by request id, and what became of the rest.
    private func submit(
        _ figures: [Sent], _ permit: ContinuousClock.Instant
    ) async throws -> (accepted: [String: [Sent]], counts: [String: Int]) {
        var counts: [String: Int] = [:]
        var accepted: [String: [Sent]] = [:]
        var waiting = [figures]
        var halvings = Self.mostHalvings
        while let part = waiting.popLast() {
            for batch in InventoryBody.batches(part.map(\.figure)) {
                let members = batch.places.map { part[$0] }
                let receipt: AsyncReceipt
                do throws(PartnerError) {
                    receipt = try await dsco.setStock(batch, deadline: permit)
                } catch {
                    if error.kind == .refused, members.count > 1, halvings > 0 {
                        halvings -= 1
                        waiting += members.evenlyChunked(in: 2).map(Array.init)
                    } else {
                        counts.merge(try await settle(members.compactMap { settlement($0, error) })) { $0 + $1 }
                    }
                    continue
                }
                accepted[receipt.requestID, default: []] += members
                try await store.accept(members.map { ($0.id, receipt.requestID) }, now: context.now())
            }
        }
        return (accepted, counts)
    }

    /// Polls the log for at most ten seconds; what it refuses without a reason is sent once more, alone, to learn it (DSCO contract 5.2).
    private func poll(_ accepted: [String: [Sent]], _ permit: ContinuousClock.Instant) async throws -> [String: Int] {
        let end = ContinuousClock.now + .seconds(10)
        var counts: [String: Int] = [:]
        var waiting = accepted
        var unexplained: [Sent] = []
        var pause = Duration.milliseconds(250)
        while !waiting.isEmpty, ContinuousClock.now + pause < end, !context.isStopping() {
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
            for (requestID, figures) in waiting {
                var told = LoggedFigures(figures, try await dsco.changes(in: .inventory, .request(id: requestID)).rows)
                let silent = told.refused.filter { $0.words == nil }.map(\.sent).prefix(Self.mostSingles - unexplained.count)
                let ids = Set(silent.map(\.id))
                unexplained += silent
                told.refused.removeAll { ids.contains($0.sent.id) }
                counts.merge(try await settle(told)) { $0 + $1 }
                waiting[requestID] = told.silent.isEmpty ? nil : told.silent
            }
        }
        guard !unexplained.isEmpty else { return counts }
        let ends = try await concurrentMap(unexplained, limit: 4) { await self.sendAtOnce($0, permit) }
        return counts.merging(try await settle(ends.flatMap { $0 })) { $0 + $1 }
    }

    /// - Returns: nothing when it may or may not have happened: then it is read and closed later.
    private func sendAtOnce(_ sent: Sent, _ permit: ContinuousClock.Instant) async -> [StockSettlement] {
        do throws(PartnerError) {
            try await dsco.setStockAtOnce(sent.figure, deadline: permit)
            return [StockSettlement(id: sent.id, figure: sent.figure, end: .confirmed)]
        } catch {
            guard error.kind == .refused else { return settlement(sent, error).map { [$0] } ?? [] }
            let refused = LoggedFigures.Refused(sent: sent, words: error.words)
            // It is refused for certain, also while DSCO cannot be asked whether it knows the SKU.
            return (try? await ends(of: [refused])) ?? [StockSettlement(refused)]
        }
    }

    /// What a failed call means for one of its figures; `nil` leaves it in doubt.
    private func settlement(_ sent: Sent, _ error: PartnerError) -> StockSettlement? {
        if error.kind != .refused, !error.isOurOwn { failed.withLockedValue { $0 = true } }
        guard error.provesNoEffect else { return nil }
        let end: StockSettlement.End = error.kind == .refused ? .refused(words: error.words ?? "\(error)") : .superseded
        return StockSettlement(id: sent.id, figure: sent.figure, end: end)
    }

    // MARK: Settling

    /// Settles what the log tells.
    func settle(_ told: LoggedFigures) async throws -> [String: Int] {
        let confirmed = told.confirmed.map { StockSettlement(id: $0.id, figure: $0.figure, end: .confirmed) }
        return try await settle(confirmed + ends(of: told.refused))
    }

    func settle(_ settlements: [StockSettlement]) async throws -> [String: Int] {
        try await store.settle(settlements, now: context.now())
        return settlements.reduce(into: [:]) { counts, settlement in counts[settlement.end.name, default: 0] += 1 }
    }

    /// Tells SKUs that DSCO does not know from figures that it refuses. One that cannot be looked at counts as refused.
    private func ends(of refused: [LoggedFigures.Refused]) async throws -> [StockSettlement] {
        let dsco = dsco
        let looks = try await lookEach(Array(refused.prefix(Self.mostSingles))) { refused throws(PartnerError) in
            try await dsco.stock(sku: refused.sent.figure.sku) != nil
        }
        return refused.enumerated().map { index, refused in
            let isUnknown = looks.indices.contains(index) && (try? looks[index].get()) == false
            return StockSettlement(refused, isUnknown: isUnknown)
        }
    }
}

extension StockSettlement {
    fileprivate init(_ refused: LoggedFigures.Refused, isUnknown: Bool = false) {
        let words = refused.words ?? "DSCO gave no reason"
        self.init(
            id: refused.sent.id, figure: refused.sent.figure, end: isUnknown ? .unknownSKU(words: words) : .refused(words: words))
    }
}
