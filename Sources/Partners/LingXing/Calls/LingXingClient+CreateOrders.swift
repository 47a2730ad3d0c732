package import Domain
import FoundationEssentials
import JSON
package import PartnerHTTP

/// What became of one order of a create call. Code 0 says nothing about the single order (LingXing contract 8.1).
package enum OrderCreation: Sendable, Hashable {
    case created(globalOrderNo: String)
    /// Refused, with LingXing's words (which may mean that the number exists already: look it up).
    case failed(words: String)
    /// In neither list, or in both: whether it exists must be looked up.
    case unanswered
}

extension LingXingClient {
    /// Creates orders of one store (`/pb/mp/order/v2/create`).
    ///
    /// - Returns: one result for each order, in their order.
    package func createOrders(
        storeID: String, _ orders: [NewLingXingOrder], permit: ContinuousClock.Instant
    ) async throws(PartnerError) -> [OrderCreation] {
        guard !orders.isEmpty else { return [] }
        let parameters: JSONObject = [
            "platform_code": .number(JSONNumber(settings.platformCode)), "store_id": .string(storeID),
            "orders": .array(orders.map { .object($0.wire) }),
        ]
        return try await call(.createOrders, parameters, permit: permit) { answer in
            let results = CreationResults(answer.data)
            return orders.map { results[$0.platformOrderNo] }
        }
    }
}

extension NewLingXingOrder {
    /// Field by field as in LingXing contract 8.1; decimals as strings. Whatever is empty falls out when the body is built.
    var wire: JSONObject {
        var order: JSONObject = [
            "platform_order_no": .string(platformOrderNo), "receiver_name": .string(receiverName),
            "receiver_country_code": .string(countryCode), "city": .string(city), "address_line1": .string(addressLine1),
            "items": .array(items.map { .object($0.wire) }),
        ]
        let optional = [
            ("address_line2", addressLine2), ("state_or_region", region), ("postal_code", postalCode), ("receiver_mobile", phone),
            ("amount_currency", currency),
        ]
        for (key, text) in optional { order.append(key, text.map(JSON.string) ?? .null) }
        if let warehouseID, let logisticsTypeID {
            order.append("wid", .string(warehouseID))
            order.append("logistics_type_id", .string(logisticsTypeID))
        }
        if let purchased {
            order.append("global_purchase_time", .number(JSONNumber(Int64(purchased.timeIntervalSince1970))))
        }
        return order
    }
}

extension NewLingXingOrder.Item {
    fileprivate var wire: JSONObject {
        [
            "msku": .string(msku), "quantity": .number(JSONNumber(quantity)), "unit_price": .string(unitPrice.description),
        ]
    }
}

/// The two lists of a create answer, by platform order number.
private struct CreationResults {
    private var created: [String: String] = [:]
    private var failed: [String: String] = [:]

    init(_ data: JSONView) {
        for row in data["success_details"]?.array ?? [] {
            if let number = row.filled("platform_order_no"), let order = row.id("global_order_no") { created[number] = order }
        }
        for row in data["error_details"]?.array ?? [] {
            if let number = row.filled("platform_order_no") { failed[number] = row.filled("error_message") ?? "no reason given" }
        }
    }

    subscript(number: String) -> OrderCreation {
        let number = RequestBody.canonical(number)
        return switch (created[number], failed[number]) {
        case (let order?, nil): .created(globalOrderNo: order)
        case (nil, let words?): .failed(words: Redaction.redact(words, limit: 300))
        default: .unanswered
        }
    }
}
