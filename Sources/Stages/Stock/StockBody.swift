import Algorithms
package import DSCO
package import Domain
import FoundationEssentials
package import LingXing
import Logging
import PartnerAccess
import PartnerHTTP
package import Pipeline
package import StageRunner
import Store

/// Tells DSCO what LingXing has in stock (design 6, stock): one complete pass over LingXing, then only what changed.
package struct StockBody: StageBody {
    private let dsco: DSCOClient
    private let lingXing: LingXingClient
    private let timing: EffectTiming

    /// - Parameter timing: DSCO's.
    package init(_ dsco: DSCOClient, _ lingXing: LingXingClient, timing: EffectTiming) {
        self.dsco = dsco
        self.lingXing = lingXing
        self.timing = timing
    }

    package var stage: Stage { .stock }
    package var budget: Duration { .seconds(600) }

    package func run(_ tick: Tick, _ context: RunContext) async throws -> (result: RunResult, counts: [String: Int]) {
        let store = StockStore(session: context.session, runID: context.runID)
        let sender = FigureSender(dsco, store, timing, context)
        var counts = try await sender.resolve(try await store.open())
        let plan = try await plan(store, context)
        let writes = context.configuration.stock.write
        try await store.record(plan.history.map { StockHistoryRow($0, writes: writes) }, now: context.now())
        try await store.note(missingPasses: plan.missingPasses, now: context.now())
        for conflict in plan.conflicts {
            context.logger.warning(
                "several LingXing SKUs fall on one DSCO SKU; it is left out",
                metadata: ["sku": "\(conflict.sku)", "lingxing": "\(conflict.lingXingSKUs)"])
        }
        counts["conflict"] = plan.conflicts.isEmpty ? nil : plan.conflicts.count
        guard writes else {
            counts["not_sent"] = plan.figures.isEmpty ? nil : plan.figures.count
            return (RunResult(end: .done), counts)
        }
        for batch in plan.figures.chunks(ofCount: context.configuration.job(.stock).size) where !context.isOver {
            counts.merge(try await sender.send(Array(batch))) { $0 + $1 }
        }
        return (RunResult(end: sender.partnerFailed ? .failed : .done, openRows: try await !store.open().isEmpty), counts)
    }

    /// Reads everything or fails: an incomplete read sends nothing (invariant 7).
    private func plan(_ store: StockStore, _ context: RunContext) async throws -> StockPlan {
        // Before LingXing is read: an order that is pushed meanwhile is then counted twice, for a moment, rather than not at all.
        let pending = try await store.pendingUnits()
        let moved = try await store.movedSKUs()
        let warehouses = try await lingXing.warehouses()
        let listed = Set(warehouses.map(\.wid))
        let unlisted = context.configuration.mapping.warehouse.filter { !listed.contains($0.value) }.keys.sorted()
        guard unlisted.isEmpty else { throw UnlistedWarehouses(codes: unlisted) }
        var rows: [LingXingStockRow] = []
        var unreadable: Set<String> = []
        for wid in Set(context.configuration.mapping.warehouse.values).sorted() {
            let stock = try await lingXing.inventory(wid: wid)
            rows += stock.readable
            for row in stock.unreadable {
                guard let sku = row.sku else { continue }
                unreadable.insert(sku)
                context.logger.warning(
                    "a stock row of LingXing's cannot be read; its SKU is left out of this pass",
                    metadata: ["sku": "\(sku)", "reason": "\(row.words)"])
            }
        }
        let open = try await store.open()
        return StockPlan(
            rows: rows, warehouses: warehouses, levels: try await store.levels(), pending: pending,
            underWay: Set(open.map(\.key)), moved: moved, unreadable: unreadable,
            configuration: context.configuration, now: context.now())
    }
}

/// LingXing's list of warehouses lacks mapped ones: either the list is incomplete or the mapping is wrong. In doubt nothing is sent, since
/// a warehouse that is left out would take its goods off the shelf (invariant 7).
struct UnlistedWarehouses: CodedError {
    let codes: [String]

    var code: String { "warehouses_unlisted" }

    var description: String {
        "LingXing lists no warehouse for \(codes.joined(separator: ", ")): check mapping.warehouse; no stock was sent"
    }
}
