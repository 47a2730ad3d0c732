package import Domain
import JSON

/// One order of an answer: its bytes as they came, and what can be made of them.
package struct ReceivedOrder: Sendable {
    package let raw: [UInt8]

    package init(raw: some Collection<UInt8>) { self.raw = Array(raw) }

    /// The order, or why it cannot be understood; then it is set aside and the others go on. Decoded anew with every call.
    package func decoded() -> Result<Order, DSCODecodingError> {
        Result { () throws(DSCODecodingError) in try DSCOOrderDecoder.decode(raw) }
    }

    /// The key of an order that has a DSCO id, without decoding the rest; `nil` for any other, and for what cannot be read.
    package var key: OrderKey? {
        (try? JSONDocument(raw))?.root["dscoOrderId"]?.text.map { OrderKey(rawValue: $0) }
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
