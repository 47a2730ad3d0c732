import Algorithms
package import Domain
package import FoundationEssentials
package import LingXing
import Logging
package import StageRunner
import Store

/// LingXing's rows of orders, looked up by outgoing number in batches (LingXing contract 8.2, 8.3).
///
/// An order with a row that cannot be read is a failure of that order alone. It is never shown without the row: push would create
/// again what LingXing has.
package struct LingXingLookup: Sendable {
    package typealias Found<Row> = Result<[Row], OrderTrouble>
    package typealias Listed = Found<LingXingOrder>

    /// Of the ten that LingXing's list carries for the whole fleet (LingXing contract 5).
    private static let callsAtOnce = 4

    private let client: LingXingClient

    package init(_ client: LingXingClient) { self.client = client }

    /// The rows that carry each order's number, deleted ones too; an order without an identity has none. Every order is in the answer.
    package func rows(
        _ orders: [OrderInHand], _ configuration: RuntimeConfiguration
    ) async throws -> [OrderKey: Found<LingXingOrder>] {
        let client = client
        let numbers = Set(orders.compactMap { $0.record.identity(configuration)?.number }).sorted()
        let found = try await concurrentMap(evenly(numbers, atMost: 200), limit: Self.callsAtOnce) { chunk in
            try await NumberedRows.look(up: chunk, numbersOf: \.platformOrderNos) { numbers in
                try await client.listOrders(numbers: numbers)
            }
        }
        let byNumber = found.reduce(into: [String: Found<LingXingOrder>]()) { $0.merge($1) { first, _ in first } }
        return Dictionary(
            orders.map { ($0.key, $0.record.identity(configuration).flatMap { byNumber[$0.number] } ?? .success([])) }
        ) { first, _ in first }
    }

    /// As few parts as there can be, and as large as each other: a number that LingXing cannot list is told by the others of its part.
    private func evenly<Element>(_ elements: [Element], atMost count: Int) -> [[Element]] {
        elements.evenlyChunked(in: (elements.count + count - 1) / count).map(Array.init)
    }

    /// The outbound orders of each order, from the day before the oldest of them was created to tomorrow (LingXing's default is one month, and
    /// ours for an order that does not say).
    package func outbound(
        _ orders: [OrderInHand], _ configuration: RuntimeConfiguration, now: Date
    ) async throws -> [OrderKey: Found<OutboundOrder>] {
        let client = client
        let identities = orders.compactMap { order in order.record.identity(configuration).map { (order, $0) } }
        let day: TimeInterval = 86_400
        var byNumber: [String: Found<OutboundOrder>] = [:]
        for chunk in evenly(identities, atMost: 50) {
            let oldest = chunk.map { $0.0.record.order.created ?? now.addingTimeInterval(-30 * day) }.min() ?? now
            let stores = Set(chunk.map(\.1.storeID)).sorted()
            let found = try await NumberedRows.look(
                up: Set(chunk.map(\.1.number)).sorted(), numbersOf: \.platformOrderNos
            ) { numbers in
                try await client.wmsOrders(
                    numbers: numbers, storeIDs: stores, createdFrom: oldest.addingTimeInterval(-day),
                    to: now.addingTimeInterval(day))
            }
            byNumber.merge(found) { first, _ in first }
        }
        return Dictionary(
            orders.map { order in
                guard let identity = order.record.identity(configuration), let found = byNumber[identity.number] else {
                    return (order.key, .success([]))
                }
                return (order.key, found.map { rows in rows.filter { $0.storeID == identity.storeID } })
            }
        ) { first, _ in first }
    }

    /// Makes the orders of the stage due whose LingXing rows changed since the last sweep (design 6: cost grows with what changed). A row
    /// that cannot be read may have changed in any way. Where no order waits, LingXing is not asked.
    ///
    /// - Parameter matters: whether a row's state can move the stage.
    package func sweep(
        _ run: RunContext, status: LingXingOrder.Status?, settling: TimeInterval, matters: (LingXingChange) -> Bool
    ) async throws {
        let now = run.now()
        let overlap = max(settling, 60)
        guard let window = try await dueWindow(run, settling: settling, overlap: overlap, now: now) else { return }
        let isAwaited = try await run.ledger.awaitsChanges(now: now)
        let rows = isAwaited ? try await changes(run, since: window.since, status, now: now) : LingXingRows()
        var changed = rows.readable.lazy.filter(matters).flatMap { row in
            row.platformOrderNos.map { ChangedOrder(storeID: row.storeID, number: $0, updated: row.updated ?? now) }
        }
        for row in rows.unreadable {
            run.logger.warning("a changed order of LingXing's cannot be read", metadata: ["reason": "\(row)"])
            guard let store = row.storeID else { continue }
            changed += row.platformOrderNos.map { ChangedOrder(storeID: store, number: $0, updated: now) }
        }
        try await run.ledger.storeCandidates(changed, sweeps: window.sweeps, until: now, overlap: overlap)
    }

    private func changes(
        _ run: RunContext, since start: Date, _ status: LingXingOrder.Status?, now: Date
    ) async throws -> LingXingRows<LingXingChange> {
        try await client.changes(
            from: start, to: now, status: status, storeIDs: Set(run.configuration.mapping.shop.values).sorted())
    }

    /// Where the look that is due begins, and the sweeps that it brings up to now; `nil` when none is due.
    ///
    /// A change may show up as late as the settling time, so a full look lists so much again that none is missed. Between two of them quick
    /// ones list little more than what is new: a busy schedule would else list every change a dozen times.
    private func dueWindow(
        _ run: RunContext, settling: TimeInterval, overlap: TimeInterval, now: Date
    ) async throws -> (since: Date, sweeps: [String])? {
        let full = "lingxing_\(run.ledger.stage.rawValue)", quick = full + "_quick"
        guard let fullSince = try await run.ledger.windowStart(full, now: now, overlap: overlap),
            let quickSince = try await run.ledger.windowStart(quick, now: now, overlap: overlap)
        else { return nil }
        if run.isAskedFor || now >= fullSince.addingTimeInterval(settling) {
            return (fullSince.addingTimeInterval(-overlap), [full, quick])
        }
        guard now >= quickSince.addingTimeInterval(settling / 6) else { return nil }
        return (quickSince.addingTimeInterval(-overlap / 60), [quick])
    }
}

extension OrderTrouble {
    /// An order's row at LingXing that cannot be read.
    init(_ row: UnreadableRow) { self.init(code: "lingxing_row_unreadable", words: row.description) }
}
