package import Domain
import JSON
package import PartnerHTTP

extension DSCOClient {
    /// The first page of a window. Pages come unordered; the window is read when a page `isLast`.
    package func orders(
        in window: OrderWindow, deadline: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> OrderPage {
        try await call(.ordersPage, query: window.query, deadline: deadline) { response throws(PartnerError) in
            try page(response)
        }
    }

    /// The next page of a window whose first page gave this scrollId, within five minutes of the page before.
    package func orders(
        scrollID: String, deadline: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> OrderPageAnswer {
        try await call(
            .ordersPage, query: [("scrollId", scrollID)], deadline: deadline, accepts: { $0.status == 404 }
        ) { response throws(PartnerError) in
            response.status == 404 ? .scrollExpired : .page(try page(response, after: scrollID))
        }
    }

    /// All orders under a key; none when DSCO says it has none, which right after creation may be too early to say.
    package func orders(
        by key: OrderLookup, deadline: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> [ReceivedOrder] {
        try await call(
            .orders, query: key.query, deadline: deadline, accepts: DSCOAnswer.isNotFound
        ) { response throws(PartnerError) in
            response.status == 404 ? [] : try found(response)
        }
    }

    /// Acknowledges orders. The outcome per order is in the orders' change log.
    package func acknowledge(
        _ batch: DSCOBatch<Acknowledgement>, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) -> AsyncReceipt {
        try await queue(.acknowledge, body: batch.body, deadline: deadline)
    }

    /// Tells DSCO what was shipped. The outcome per order is in the orders' change log.
    package func ship(
        _ batch: DSCOBatch<Shipment>, deadline: ContinuousClock.Instant
    ) async throws(PartnerError) -> AsyncReceipt {
        try await queue(.shipments, body: batch.body, deadline: deadline)
    }

    /// Tells DSCO the shipments of **one** order and returns when DSCO has taken them; a refusal comes with DSCO's reason.
    package func shipAtOnce(_ shipments: [Shipment], deadline: ContinuousClock.Instant) async throws(PartnerError) {
        try await execute(.singleShipment, body: ShipmentBody.order(shipments), deadline: deadline)
    }

    private func page(_ response: PartnerResponse, after scrollID: String? = nil) throws(PartnerError) -> OrderPage {
        do {
            let slices = try JSON.slices(of: response.body, member: "orders")
            // The scrollId does not change between pages; a later page need not repeat it.
            return OrderPage(
                scrollID: slices.rest["scrollId"]?.text ?? scrollID, orders: slices.elements.map { ReceivedOrder(raw: $0) })
        } catch {
            throw DSCOAnswer.unreadable(
                response, call: DSCOEndpoint.ordersPage.rawValue, isRead: true, words: error.description)
        }
    }

    /// One order, or an array of them with `returnMultiple` (DSCO contract 3.2), each with its own bytes.
    private func found(_ response: PartnerResponse) throws(PartnerError) -> [ReceivedOrder] {
        let body = response.body.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        do throws(JSONError) {
            switch body.first {
            case UInt8(ascii: "{"):
                return [ReceivedOrder(raw: body)]
            case UInt8(ascii: "["):
                let wrapped = Array(#"{"orders":"#.utf8) + body + [UInt8(ascii: "}")]
                return try JSON.slices(of: wrapped, member: "orders").elements.map { ReceivedOrder(raw: $0) }
            default:
                throw JSONError(code: .malformed(offset: 0), words: "neither an order nor a list of orders")
            }
        } catch {
            throw DSCOAnswer.unreadable(response, call: DSCOEndpoint.orders.rawValue, isRead: true, words: error.description)
        }
    }
}
