/// Exchanges, queues and bindings that must exist. Every connection declares all of it, so that whoever comes first creates it.
///
/// The broker refuses (406) to redeclare a name with other arguments; such a change needs a new name, or the old one deleted.
package struct RabbitMQTopology: Sendable, Hashable {
    package struct Exchange: Sendable, Hashable {
        package enum Kind: String, Sendable { case direct, fanout, topic }

        package var name: String
        package var kind: Kind
        package var durable: Bool

        package init(_ name: String, _ kind: Kind, durable: Bool = true) {
            self.name = name
            self.kind = kind
            self.durable = durable
        }
    }

    /// A durable, shared queue. `x-queue-type` and the rest go into `arguments`.
    package struct Queue: Sendable, Hashable {
        package var name: String
        package var arguments: [String: RabbitMQValue]

        package init(_ name: String, arguments: [String: RabbitMQValue] = [:]) {
            self.name = name
            self.arguments = arguments
        }
    }

    package struct Binding: Sendable, Hashable {
        package enum Destination: Sendable, Hashable {
            case queue(String)
            case exchange(String)
        }

        package var destination: Destination
        package var exchange: String
        package var routingKey: String

        package init(_ destination: Destination, exchange: String, routingKey: String = "") {
            self.destination = destination
            self.exchange = exchange
            self.routingKey = routingKey
        }
    }

    package var exchanges: [Exchange]
    package var queues: [Queue]
    package var bindings: [Binding]

    package init(exchanges: [Exchange] = [], queues: [Queue] = [], bindings: [Binding] = []) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
    }
}
