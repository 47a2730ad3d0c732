import Algorithms
package import Domain
package import FoundationEssentials
import JSON
package import PartnerHTTP

extension LingXingClient {
    /// All outbound orders of the named platform order numbers (`wmsOrderList`, 50 numbers a call).
    ///
    /// - Parameters:
    ///   - storeIDs: the orders' stores.
    ///   - createdFrom: the oldest of the orders; one day is added on either side of the range, whose bounds LingXing does not
    ///     define, and without which it answers for the last month only.
    package func wmsOrders(
        numbers: [String], storeIDs: [String], createdFrom: Date, to: Date, permit: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> LingXingRows<OutboundOrder> {
        var orders = LingXingRows<OutboundOrder>()
        for chunk in numbers.chunks(ofCount: 50) {
            var filter: JSONObject = [
                "platform_order_no_arr": .array(chunk.map(JSON.string)), "time_type": "create_at",
                "start_date": .string(times.day(of: createdFrom, offset: -1)), "end_date": .string(times.day(of: to, offset: 1)),
            ]
            // The parameter takes integers; a store id has up to 18 digits.
            let stores = storeIDs.compactMap { Int64($0) }
            if !stores.isEmpty { filter.append("sid_arr", .array(stores.map { .number(JSONNumber($0)) })) }
            orders += try await wmsOrders(filter, permit: permit)
        }
        return orders
    }

    private func wmsOrders(
        _ filter: JSONObject, permit: ContinuousClock.Instant?
    ) async throws(PartnerError) -> LingXingRows<OutboundOrder> {
        let walk = ListWalk<OutboundOrder, String>(length: 200, demand: .whole) { $0.number }
        return try await walk.rows(of: .wmsOrders) { _, pages async throws(PartnerError) in
            var parameters = filter
            parameters.append("page", .number(JSONNumber(pages + 1)))
            parameters.append("page_size", .number(JSONNumber(walk.length)))
            return try await call(.wmsOrders, parameters, permit: permit) { answer throws(JSONError) in
                try Page(answer.data, total: answer.total, path: "data") { row throws(JSONError) in
                    try OutboundOrder(row, times: times)
                }
            }
        }
    }
}
