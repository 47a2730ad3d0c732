import Algorithms
package import Domain
package import FoundationEssentials
import JSON
package import PartnerHTTP

extension LingXingClient {
    /// All rows of the named platform order numbers (`/pb/mp/order/v2/list`, 200 numbers a call): one order may have several
    /// rows, none, or deleted ones.
    ///
    /// - Parameter storeIDs: only these stores; empty for all.
    package func listOrders(
        numbers: [String], storeIDs: [String] = [], includeDeleted: Bool = true, permit: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> LingXingRows<LingXingOrder> {
        var orders = LingXingRows<LingXingOrder>()
        for chunk in numbers.chunks(ofCount: 200) {
            var filter = Self.filter(storeIDs: storeIDs, includeDeleted: includeDeleted)
            filter.append("platform_order_nos", .array(chunk.map(JSON.string)))
            orders += try await list(filter, demand: .whole, by: \.globalOrderNo, permit: permit) { row throws(JSONError) in
                try LingXingOrder(row)
            }
        }
        return orders
    }

    /// The orders that changed in the window, both ends included. One that changes while the list is read may be missing: overlap the
    /// next window.
    package func changes(
        from start: Date, to end: Date, status: LingXingOrder.Status? = nil, storeIDs: [String] = [], includeDeleted: Bool = true,
        permit: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> LingXingRows<LingXingChange> {
        var changes = LingXingRows<LingXingChange>()
        var from = Int64(start.timeIntervalSince1970.rounded(.down))
        let last = Int64(end.timeIntervalSince1970.rounded(.up))
        while from <= last {
            // LingXing's bounds are open at both ends and at most 30 days apart.
            let to = min(last, from + Self.longestWindow - 2)
            var filter = Self.filter(storeIDs: storeIDs, includeDeleted: includeDeleted)
            filter.append("date_type", "update_time")
            filter.append("start_time", .number(JSONNumber(from - 1)))
            filter.append("end_time", .number(JSONNumber(to + 1)))
            if let status { filter.append("order_status", .number(JSONNumber(status.rawValue))) }
            changes += try await list(filter, demand: .unmoved, by: \.globalOrderNo, permit: permit) { row throws(JSONError) in
                try LingXingChange(row)
            }
            from = to + 1
        }
        return changes
    }

    private static let longestWindow: Int64 = 30 * 86400

    private static func filter(storeIDs: [String], includeDeleted: Bool) -> JSONObject {
        var filter: JSONObject = ["include_delete": .bool(includeDeleted)]
        if !storeIDs.isEmpty { filter.append("store_id", .array(storeIDs.map(JSON.string))) }
        return filter
    }

    private func list<Row: Sendable>(
        _ filter: JSONObject, demand: ListWalk<Row, String>.Demand, by key: @escaping (Row) -> String,
        permit: ContinuousClock.Instant?, read: @escaping @Sendable (JSONReader) throws(JSONError) -> Row
    ) async throws(PartnerError) -> LingXingRows<Row> {
        // 500 is the most a page may have; it is well above the 200 numbers of a call, whose orders may be split into several
        // rows each.
        let walk = ListWalk<Row, String>(length: 500, demand: demand, key: key)
        return try await walk.rows(of: .listOrders) { offset, _ async throws(PartnerError) in
            var parameters = filter
            parameters.append("offset", .number(JSONNumber(offset)))
            parameters.append("length", .number(JSONNumber(walk.length)))
            return try await call(.listOrders, parameters, permit: permit) { answer throws(JSONError) in
                try Page(answer.data["list"], total: answer.data["total"], path: "data.list", row: read)
            }
        }
    }
}
