import CRabbitMQ

/// What the broker answered to a request.
enum AMQPReply: Sendable {
    case done
    case queue(messages: Int, consumers: Int)
    case message(AMQPEnvelope, AMQPProperties, [UInt8])
    case empty
}

/// A request whose answer has not come. A channel answers in order.
struct AMQPCall {
    let deadline: ContinuousClock.Instant
    /// `nil` when nobody waits for the answer.
    let continuation: CheckedContinuation<Result<AMQPReply, RabbitMQError>, Never>?
}

extension AMQPConnection {
    /// Channel numbers by use, so that a refusal on one leaves the others open.
    enum ChannelUse {
        /// Declarations, then publishing or consuming.
        static let work: UInt16 = 1
        /// Passive declarations, which the broker answers with a closed channel when the queue is missing.
        static let inspect: UInt16 = 2
        /// Fetching single messages.
        static let fetch: UInt16 = 3
    }

    /// Sends a request and waits for its answer.
    /// - Throws: `channelClosed` when the broker refuses, `timedOut` (and the connection is thrown away) when it does not answer.
    @discardableResult
    func call(on channel: UInt16, timeout: Duration? = nil, _ send: (AMQPHandle) -> Int32) async throws(RabbitMQError)
        -> AMQPReply
    {
        let handle = try liveHandle()
        guard check(send(handle)) else { throw failure ?? .lost("a request could not be sent") }
        let deadline = ContinuousClock.now + (timeout ?? configuration.rpcTimeout)
        let result = await withCheckedContinuation { continuation in
            calls[channel, default: []].append(AMQPCall(deadline: deadline, continuation: continuation))
            drainBuffered()
        }
        return try result.get()
    }

    /// The channel, opened if it is not. Requests may follow at once: the broker takes them in order.
    func openChannel(_ number: UInt16) throws(RabbitMQError) -> AMQPChannel {
        let handle = try liveHandle()
        if let channel = channels[number] { return channel }
        let status = handle.send(AMQP_CHANNEL_OPEN_METHOD, amqp_channel_open_t(out_of_band: amqp_empty_bytes), on: number)
        guard check(status) else { throw failure ?? .lost("a channel could not be opened") }
        calls[number, default: []].append(AMQPCall(deadline: .now + configuration.rpcTimeout, continuation: nil))
        lastEpoch += 1
        let channel = AMQPChannel(number: number, epoch: lastEpoch)
        channels[number] = channel
        return channel
    }

    func isOpen(_ channel: AMQPChannel) -> Bool { channels[channel.number] == channel }

    /// Hands an answer to the request that waits longest on the channel.
    func answer(_ reply: AMQPReply, on channel: UInt16) {
        guard var waiting = calls[channel], !waiting.isEmpty else { return }
        let call = waiting.removeFirst()
        calls[channel] = waiting
        call.continuation?.resume(returning: .success(reply))
    }

    /// The broker closed a channel. The working channel takes the connection with it: what it was for has to be set up anew.
    func channelClosed(_ number: UInt16, code: UInt16, text: String) {
        guard let handle, check(handle.send(AMQP_CHANNEL_CLOSE_OK_METHOD, amqp_channel_close_ok_t(), on: number)) else { return }
        let error = RabbitMQError(
            .channelClosed,
            code == 406 ? "RabbitMQ refused an operation: a precondition failed" : "RabbitMQ refused an operation",
            replyCode: code, replyText: text)
        channels[number] = nil
        contents[number] = nil
        if number == ChannelUse.work {
            fail(error)
        } else {
            // The broker refused the first request and has not looked at those behind it.
            for (index, call) in (calls.removeValue(forKey: number) ?? []).enumerated() {
                call.continuation?.resume(returning: .failure(index == 0 ? error : .interrupted))
            }
        }
    }

    func failCalls(_ error: RabbitMQError) {
        let waiting = calls.values.joined()
        calls = [:]
        for call in waiting { call.continuation?.resume(returning: .failure(error)) }
    }

    func expireCalls(_ now: ContinuousClock.Instant) {
        guard calls.values.joined().contains(where: { $0.deadline <= now }) else { return }
        fail(RabbitMQError(.timedOut, "RabbitMQ at \(configuration.address) did not answer a request in time"))
    }
}

extension RabbitMQError {
    /// For requests that were not looked at because the broker had closed their channel over an earlier one.
    static let interrupted = RabbitMQError(.channelClosed, "RabbitMQ closed the channel over another request")

    /// Whether the request may be repeated as it was.
    var isInterruption: Bool { code == .channelClosed && replyCode == nil }
}
