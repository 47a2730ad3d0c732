package import Domain

/// One order of an answer: its bytes as they came, and what could be made of them.
package struct ReceivedOrder: Sendable {
    package let raw: [UInt8]
    /// The order, or why it cannot be understood; then it is set aside and the others go on.
    package let order: Result<Order, DSCODecodingError>

    package init(raw: some Collection<UInt8>) {
        self.raw = Array(raw)
        do {
            order = .success(try DSCOOrderDecoder.decode(self.raw))
        } catch {
            order = .failure(error)
        }
    }
}

/// A page of `GET /order/page` (DSCO contract 3.1).
package struct OrderPage: Sendable {
    /// The way to the next page; it lives five minutes.
    package let scrollID: String?
    package let orders: [ReceivedOrder]

    /// Whether the window is read to its end: an empty page, or one that leads nowhere.
    package var isLast: Bool { orders.isEmpty || scrollID == nil }
}

package enum OrderPageAnswer: Sendable {
    case page(OrderPage)
    /// The scrollId is gone (HTTP 404): read the window again.
    case scrollExpired
}
