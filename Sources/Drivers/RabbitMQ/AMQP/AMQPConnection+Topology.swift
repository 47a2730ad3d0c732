import CRabbitMQ

extension AMQPConnection {
    /// Declares everything, exchanges first. What exists with the same arguments is left as it is.
    /// - Throws: `channelClosed` with reply code 406 when something exists with other arguments; the connection is then used up.
    func declare(_ topology: RabbitMQTopology) async throws(RabbitMQError) {
        let channel = try openChannel(ChannelUse.work).number
        for exchange in topology.exchanges {
            do { try await declare(exchange, on: channel) } catch { throw error.declaring("Exchange \(exchange.name)") }
        }
        for queue in topology.queues {
            do { try await declare(queue, on: channel) } catch { throw error.declaring("Queue \(queue.name)") }
        }
        for binding in topology.bindings { try await bind(binding, on: channel) }
    }

    /// Messages that are ready and consumers of a queue; `nil` when there is no such queue.
    func depth(of queue: String) async throws(RabbitMQError) -> (messages: Int, consumers: Int)? {
        while true {
            do {
                let channel = try openChannel(ChannelUse.inspect).number
                let reply = try await declare(RabbitMQTopology.Queue(queue), passive: true, on: channel)
                if case .queue(let messages, let consumers) = reply { return (messages, consumers) }
                return nil
            } catch let error where error.isInterruption {
                continue
            } catch let error where error.code == .channelClosed && error.replyCode == 404 {
                return nil
            }
        }
    }

    private func declare(_ exchange: RabbitMQTopology.Exchange, on channel: UInt16) async throws(RabbitMQError) {
        try await call(on: channel) { handle in
            AMQPArena.with { arena in
                let method = amqp_exchange_declare_t(
                    ticket: 0, exchange: arena.bytes(exchange.name), type: arena.bytes(exchange.kind.rawValue), passive: 0,
                    durable: exchange.durable ? 1 : 0, auto_delete: 0, internal: 0, nowait: 0, arguments: amqp_empty_table)
                return handle.send(AMQP_EXCHANGE_DECLARE_METHOD, method, on: channel)
            }
        }
    }

    @discardableResult
    private func declare(
        _ queue: RabbitMQTopology.Queue, passive: Bool = false, on channel: UInt16
    ) async throws(RabbitMQError) -> AMQPReply {
        try await call(on: channel) { handle in
            AMQPArena.with { arena in
                let method = amqp_queue_declare_t(
                    ticket: 0, queue: arena.bytes(queue.name), passive: passive ? 1 : 0, durable: 1, exclusive: 0, auto_delete: 0,
                    nowait: 0, arguments: arena.table(queue.arguments))
                return handle.send(AMQP_QUEUE_DECLARE_METHOD, method, on: channel)
            }
        }
    }

    private func bind(_ binding: RabbitMQTopology.Binding, on channel: UInt16) async throws(RabbitMQError) {
        try await call(on: channel) { handle in
            AMQPArena.with { arena in
                let (exchange, routingKey) = (arena.bytes(binding.exchange), arena.bytes(binding.routingKey))
                switch binding.destination {
                case .queue(let queue):
                    let method = amqp_queue_bind_t(
                        ticket: 0, queue: arena.bytes(queue), exchange: exchange, routing_key: routingKey, nowait: 0,
                        arguments: amqp_empty_table)
                    return handle.send(AMQP_QUEUE_BIND_METHOD, method, on: channel)
                case .exchange(let destination):
                    let method = amqp_exchange_bind_t(
                        ticket: 0, destination: arena.bytes(destination), source: exchange, routing_key: routingKey, nowait: 0,
                        arguments: amqp_empty_table)
                    return handle.send(AMQP_EXCHANGE_BIND_METHOD, method, on: channel)
                }
            }
        }
    }
}

extension RabbitMQError {
    /// The broker's own words name the argument and both its values.
    fileprivate func declaring(_ what: String) -> RabbitMQError {
        guard code == .channelClosed, replyCode == 406 else { return self }
        return RabbitMQError(
            code,
            """
            \(what) exists with other arguments than this program declares. Stop every process, let it run empty or move its messages, \
            delete it in RabbitMQ's management pages, and start again: it is declared anew
            """, replyCode: replyCode, replyText: replyText)
    }
}
