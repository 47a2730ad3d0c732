package import Domain
package import FoundationEssentials
package import LingXing
package import StageRunner
import Store

/// LingXing's rows of orders, looked up by outgoing number in batches (LingXing contract 8.2, 8.3).
package struct LingXingLookup: Sendable {
    private let client: LingXingClient

    package init(_ client: LingXingClient) { self.client = client }

    /// The rows that carry each order's number, deleted ones too; an order without an identity has none.
    package func rows(_ orders: [OrderInHand], _ configuration: RuntimeConfiguration) async throws -> [OrderKey: [LingXingOrder]]
    {
        let numbers = Set(orders.compactMap { $0.record.identity(configuration)?.number }).sorted()
        var byNumber: [String: [LingXingOrder]] = [:]
        for chunk in numbers.chunked(200) {
            for row in try await client.listOrders(numbers: Array(chunk)) {
                for number in row.platformOrderNos { byNumber[number, default: []].append(row) }
            }
        }
        return Dictionary(
            uniqueKeysWithValues: orders.map { order in
                (order.key, order.record.identity(configuration).flatMap { byNumber[$0.number] } ?? [])
            })
    }

    /// The outbound orders of each order, from the day before the oldest of them was created to tomorrow (LingXing's default is one month).
    package func outbound(
        _ orders: [OrderInHand], _ configuration: RuntimeConfiguration, now: Date
    ) async throws -> [OrderKey: [OutboundOrder]] {
        let identities = orders.compactMap { order in order.record.identity(configuration).map { (order, $0) } }
        guard !identities.isEmpty else { return [:] }
        let day: TimeInterval = 86_400
        var byNumber: [String: [OutboundOrder]] = [:]
        for chunk in identities.chunked(50) {
            let oldest = chunk.compactMap { $0.0.record.order.created }.min() ?? now.addingTimeInterval(-30 * day)
            let rows = try await client.wmsOrders(
                numbers: Set(chunk.map(\.1.number)).sorted(), storeIDs: Set(chunk.map(\.1.storeID)).sorted(),
                createdFrom: oldest.addingTimeInterval(-day), to: now.addingTimeInterval(day))
            for row in rows {
                for number in row.platformOrderNos { byNumber[number, default: []].append(row) }
            }
        }
        return Dictionary(
            uniqueKeysWithValues: orders.map { order in
                let identity = order.record.identity(configuration)
                return (order.key, identity.flatMap { byNumber[$0.number] }?.filter { $0.storeID == identity?.storeID } ?? [])
            })
    }

    /// Makes the orders of the stage due whose LingXing rows changed since the last sweep (design 6: cost grows with what changed).
    ///
    /// - Parameter matters: whether a row's state can move the stage.
    package func sweep(
        _ run: RunContext, status: LingXingOrder.Status?, settling: TimeInterval, matters: (LingXingOrder) -> Bool
    ) async throws {
        let name = "lingxing_\(run.ledger.stage.rawValue)"
        let now = run.now()
        let overlap = max(settling, 60)
        guard let since = try await run.ledger.windowStart(name, now: now, overlap: overlap) else { return }
        let rows = try await client.listOrders(
            updatedBetween: since.addingTimeInterval(-overlap), and: now, status: status,
            storeIDs: Set(run.configuration.mapping.shop.values).sorted())
        let changed = rows.lazy.filter(matters).flatMap { row in
            row.platformOrderNos.map { ChangedOrder(storeID: row.storeID, number: $0, updated: row.updated ?? now) }
        }
        try await run.ledger.storeCandidates(Array(changed), sweep: name, until: now, overlap: overlap)
    }
}

extension Array {
    /// Consecutive parts of at most `size` elements.
    package func chunked(_ size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
