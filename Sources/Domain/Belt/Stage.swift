/// One of the six stations of the belt. The raw value is the routing key, the queue's name and the word used everywhere.
package enum Stage: String, CaseIterable, Codable, Sendable, Hashable {
    case pull, push, ack, ship, invoice, stock

    /// The name of the stage's job in the runtime configuration.
    package var job: String {
        switch self {
        case .pull: "pull_dsco_orders"
        case .push: "push_to_lingxing"
        case .ack: "ack_to_dsco"
        case .ship: "ship_to_dsco"
        case .invoice: "invoice_to_dsco"
        case .stock: "sync_stock"
        }
    }

    /// The status of the orders that the stage works on; `nil` for the stages that do not advance orders.
    package var source: OrderStatus? {
        switch self {
        case .push: .pulled
        case .ack: .pushed
        case .ship: .acknowledged
        case .invoice: .shipped
        case .pull, .stock: nil
        }
    }

    /// The status to which the stage advances an order.
    package var goal: OrderStatus? { source?.next }

    /// Whether a tick of the stage may cover only a share of the partitions (design 4: pull and stock always run whole).
    package var isSharded: Bool { source != nil }
}
