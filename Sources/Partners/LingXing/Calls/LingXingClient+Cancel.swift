import JSON
package import PartnerHTTP

/// What became of one order of a cancel or intercept call.
package enum OrderCancellation: Sendable, Hashable {
    /// Done, or for an overseas warehouse: asked for. The order list shows the end.
    case accepted
    case failed(words: String)
    /// The answer does not say.
    case unanswered
}

extension LingXingClient {
    /// Marks orders as not to be shipped (`cancelOrder`); they get status 7.
    ///
    /// - Returns: one result for each order, in their order.
    package func cancelOrders(
        _ globalOrderNos: [String], permit: ContinuousClock.Instant
    ) async throws(PartnerError) -> [OrderCancellation] {
        guard !globalOrderNos.isEmpty else { return [] }
        let parameters: JSONObject = ["order_list": .array(globalOrderNos.map(JSON.string))]
        return try await call(.cancelOrders, parameters, permit: permit) { answer in
            let failures = Self.failures(answer.data["failure_info"], number: "global_order_no")
            return Self.results(globalOrderNos, failures, succeeded: answer.data["success_num"]?.int)
        }
    }

    /// Intercepts outbound orders and hands the orders back to review (`wmsOrder/cancel`), as must come before the cancellation
    /// of an order at status 5 (LingXing contract 8.5).
    package func cancelOutbound(
        _ globalOrderNos: [String], comment: String, permit: ContinuousClock.Instant
    ) async throws(PartnerError) -> [OrderCancellation] {
        guard !globalOrderNos.isEmpty else { return [] }
        let parameters: JSONObject = [
            "orderNumbers": .array(globalOrderNos.map(JSON.string)), "tagType": "3-5", "orderComment": .string(comment),
        ]
        return try await call(.cancelOutbound, parameters, permit: permit) { answer in
            let failures = Self.failures(answer.data["failedReason"], number: "orderNumber")
            // Full success has no data at all.
            let succeeded = answer.data["successNum"]?.int ?? (!answer.data.isObject ? globalOrderNos.count : nil)
            return Self.results(globalOrderNos, failures, succeeded: succeeded)
        }
    }

    private static func failures(_ rows: JSONView?, number: String) -> [String: String] {
        var failures: [String: String] = [:]
        for row in rows?.array ?? [] {
            if let number = row.id(number) {
                failures[number] = Redaction.redact(row.filled("message") ?? "no reason given", limit: 300)
            }
        }
        return failures
    }

    /// The process code is not reliable (a full failure was seen under "partly"); the counts are.
    private static func results(
        _ numbers: [String], _ failures: [String: String], succeeded: Int?
    ) -> [OrderCancellation] {
        let failed = numbers.filter { failures[$0] != nil }.count
        let rest: OrderCancellation = succeeded == numbers.count - failed ? .accepted : .unanswered
        return numbers.map { number in failures[number].map { .failed(words: $0) } ?? rest }
    }
}
