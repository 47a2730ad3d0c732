import CRabbitMQ

/// What this connection consumes.
struct AMQPSubscription {
    let queue: String
    let prefetch: UInt16
    let deliveries: AsyncStream<Delivery>.Continuation
}

/// How a delivery ends.
enum AMQPSettlement: Sendable {
    case ack
    case reject(requeue: Bool)
}

extension AMQPConnection {
    private static let consumerTag = "conveyor"

    /// Subscribes to a queue. The stream ends with the subscription: by `stopConsuming`, or with the connection.
    func consume(_ queue: String, prefetch: UInt16) async throws(RabbitMQError) -> AsyncStream<Delivery> {
        let channel = try openChannel(ChannelUse.work).number
        try await setPrefetch(prefetch, on: channel)
        let (stream, continuation) = AsyncStream<Delivery>.makeStream()
        // In place before the request: the first deliveries may come together with its answer.
        subscription = AMQPSubscription(queue: queue, prefetch: prefetch, deliveries: continuation)
        try await call(on: channel) { handle in
            AMQPArena.with { arena in
                let method = amqp_basic_consume_t(
                    ticket: 0, queue: arena.bytes(queue), consumer_tag: arena.bytes(Self.consumerTag), no_local: 0, no_ack: 0,
                    exclusive: 0,
                    nowait: 0, arguments: amqp_empty_table)
                return handle.send(AMQP_BASIC_CONSUME_METHOD, method, on: channel)
            }
        }
        return stream
    }

    /// Ends the subscription. What was delivered can still be settled.
    func stopConsuming() async {
        guard subscription != nil else { return }
        _ = try? await call(on: ChannelUse.work) { handle in
            AMQPArena.with { arena in
                let method = amqp_basic_cancel_t(consumer_tag: arena.bytes(Self.consumerTag), nowait: 0)
                return handle.send(AMQP_BASIC_CANCEL_METHOD, method, on: ChannelUse.work)
            }
        }
        endSubscription()
    }

    func endSubscription() {
        subscription?.deliveries.finish()
        subscription = nil
    }

    /// Takes one message from a queue, if there is one.
    /// - Throws: `channelClosed` with reply code 404 when there is no such queue.
    func fetch(from queue: String) async throws(RabbitMQError) -> Delivery? {
        while true {
            do {
                let channel = try openChannel(ChannelUse.fetch)
                let reply = try await call(on: channel.number) { handle in
                    AMQPArena.with { arena in
                        let method = amqp_basic_get_t(ticket: 0, queue: arena.bytes(queue), no_ack: 0)
                        return handle.send(AMQP_BASIC_GET_METHOD, method, on: channel.number)
                    }
                }
                guard case .message(let envelope, let properties, let body) = reply else { return nil }
                return Delivery(
                    envelope: envelope, properties: properties, body: body, queue: queue, channel: channel, connection: self)
            } catch let error where error.isInterruption {
                continue
            }
        }
    }

    /// Acknowledges or rejects a delivery, and waits until the broker has read that.
    ///
    /// AMQP does not answer an acknowledgement, and librabbitmq reports success even on a channel that the broker has closed. A channel is
    /// handled in order, so a request behind it tells: a repeated `basic.qos`, which changes nothing.
    func settle(_ settlement: AMQPSettlement, tag: UInt64, on channel: AMQPChannel) async throws(RabbitMQError) {
        drain()
        let handle = try liveHandle()
        guard channels[channel.number] == channel else {
            throw RabbitMQError(.channelClosed, "The channel of a delivery is closed; RabbitMQ hands the message out again")
        }
        let status =
            switch settlement {
            case .ack: amqp_basic_ack(handle.state, channel.number, tag, 0)
            case .reject(let requeue): amqp_basic_reject(handle.state, channel.number, tag, requeue ? 1 : 0)
            }
        guard check(status) else { throw failure ?? .lost("a delivery could not be settled") }
        try await setPrefetch(subscription?.prefetch ?? 0, on: channel.number)
    }

    func deliver(_ envelope: AMQPEnvelope, _ properties: AMQPProperties, _ body: [UInt8], on number: UInt16) {
        guard let subscription, let channel = channels[number] else { return }
        subscription.deliveries.yield(
            Delivery(
                envelope: envelope, properties: properties, body: body, queue: subscription.queue, channel: channel,
                connection: self))
    }

    private func setPrefetch(_ count: UInt16, on channel: UInt16) async throws(RabbitMQError) {
        try await call(on: channel) { handle in
            handle.send(AMQP_BASIC_QOS_METHOD, amqp_basic_qos_t(prefetch_size: 0, prefetch_count: count, global: 0), on: channel)
        }
    }
}
