import CRabbitMQ

/// Owns librabbitmq's connection and closes its socket at the end. Belongs to one `AMQPConnection` and is used on its queue only.
final class AMQPHandle {
    let state: amqp_connection_state_t

    init?() {
        guard let state = amqp_new_connection() else { return nil }
        self.state = state
    }

    deinit {
        amqp_destroy_connection(state)
    }

    /// Sends a method frame without waiting for the answer.
    func send<Method>(_ id: amqp_method_number_t, _ method: Method, on channel: UInt16) -> Int32 {
        var method = method
        return withUnsafeMutablePointer(to: &method) { amqp_send_method(state, channel, id, $0) }
    }
}
