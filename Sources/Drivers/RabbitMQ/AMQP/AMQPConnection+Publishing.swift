import CRabbitMQ

/// The publishing side of a connection: what waits to be sent, and what waits for its confirm.
struct AMQPPublishing {
    /// Unconfirmed messages at a time. More would fill the socket's buffers, and librabbitmq blocks when they are full.
    static let window = 512
    /// Unconfirmed bytes at a time, for the same reason. A single larger message goes alone.
    static let windowBytes = 1_048_576

    var waiting = FIFO<AMQPOutgoing>()
    var unconfirmed = ConfirmLedger<AMQPOutgoing>()
    var unconfirmedBytes = 0
    /// The broker's reason for taking no more messages for now.
    var blockedReason: String?
    var isPumping = false
    var idle: [AsyncStream<Void>.Continuation] = []

    var isIdle: Bool { waiting.isEmpty && unconfirmed.count == 0 }

    var hasRoom: Bool {
        blockedReason == nil && unconfirmed.count < Self.window && (unconfirmedBytes < Self.windowBytes || unconfirmed.count == 0)
    }
}

/// A message on its way to the broker.
struct AMQPOutgoing {
    let message: OutgoingMessage
    let ticket: AMQPPublishTicket
    let deadline: ContinuousClock.Instant
}

/// One call of `publish`, which waits for all its messages. Used on the connection's queue only.
final class AMQPPublishTicket {
    private var outstanding: Int
    private var error: RabbitMQError?
    private let continuation: CheckedContinuation<Result<Void, RabbitMQError>, Never>

    init(_ count: Int, _ continuation: CheckedContinuation<Result<Void, RabbitMQError>, Never>) {
        outstanding = count
        self.continuation = continuation
    }

    func settle(_ error: RabbitMQError? = nil) {
        self.error = self.error ?? error
        outstanding -= 1
        if outstanding == 0 { continuation.resume(returning: self.error.map(Result.failure) ?? .success(())) }
    }
}

extension AMQPConnection {
    /// Asks the broker for confirms. Once, before the first publish.
    func confirmPublishes() async throws(RabbitMQError) {
        let channel = try openChannel(ChannelUse.work).number
        try await call(on: channel) { $0.send(AMQP_CONFIRM_SELECT_METHOD, amqp_confirm_select_t(nowait: 0), on: channel) }
    }

    /// Sends the messages, as many at a time as the window allows, and returns when the broker has confirmed each.
    /// - Throws: the first failure, after every message has its result.
    func publish(_ messages: [OutgoingMessage], before deadline: ContinuousClock.Instant) async throws(RabbitMQError) {
        _ = try liveHandle()
        guard !messages.isEmpty else { return }
        let result: Result<Void, RabbitMQError> = await withCheckedContinuation { continuation in
            let ticket = AMQPPublishTicket(messages.count, continuation)
            for message in messages {
                publishing.waiting.append(AMQPOutgoing(message: message, ticket: ticket, deadline: deadline))
            }
            pump()
        }
        try result.get()
    }

    /// Ends when no publish is under way; carries no elements.
    func untilIdle() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        if publishing.isIdle || failure != nil { continuation.finish() } else { publishing.idle.append(continuation) }
        return stream
    }

    /// Sends what the window has room for.
    func pump() {
        guard !publishing.isPumping else { return }
        publishing.isPumping = true
        defer { publishing.isPumping = false }
        while let handle, publishing.hasRoom, let outgoing = publishing.waiting.popFirst() {
            let tag = publishing.unconfirmed.nextTag
            publishing.unconfirmed.append(outgoing)
            publishing.unconfirmedBytes += outgoing.message.body.count
            guard check(Self.send(outgoing.message, tag: tag, handle)) else { return }
            drainBuffered()
        }
    }

    func confirmed(_ tag: UInt64, multiple: Bool) {
        settle(publishing.unconfirmed.take(tag, multiple: multiple), nil)
    }

    func refused(_ tag: UInt64, multiple: Bool) {
        for outgoing in publishing.unconfirmed.take(tag, multiple: multiple) {
            settle(
                [outgoing],
                RabbitMQError(.nacked, "RabbitMQ did not take a message for \(outgoing.message.route); is its queue full?"))
        }
    }

    /// A message that fits no queue. The broker confirms it afterwards all the same, so it has to be settled here.
    func returned(_ tag: UInt64?, code: UInt16, text: String, envelope: AMQPEnvelope) {
        guard let tag else { return fail(.lost("the broker returned a message that was not published here")) }
        guard let outgoing = publishing.unconfirmed.take(tag) else { return }
        settle(
            [outgoing],
            RabbitMQError(.returned, "No queue takes a message for \(outgoing.message.route)", replyCode: code, replyText: text))
    }

    func blocked(_ reason: String) {
        publishing.blockedReason = reason
    }

    func unblocked() {
        publishing.blockedReason = nil
    }

    func expirePublishing(_ now: ContinuousClock.Instant) {
        let reason = publishing.blockedReason
        for outgoing in publishing.waiting.take(where: { $0.deadline <= now }) {
            outgoing.ticket.settle(
                reason.map { RabbitMQError(.blocked, "RabbitMQ takes no messages for now: an alarm is raised", replyText: $0) }
                    ?? RabbitMQError(.timedOut, "A message for \(outgoing.message.route) was not sent in time"))
        }
        for outgoing in publishing.unconfirmed.take(where: { $0.deadline <= now }) {
            settle(
                [outgoing],
                RabbitMQError(
                    .timedOut,
                    "RabbitMQ did not confirm a message for \(outgoing.message.route) in time; it may or may not be stored"))
        }
        noteIdle()
    }

    func failPublishing(_ error: RabbitMQError) {
        settle(publishing.unconfirmed.take(where: { _ in true }) + publishing.waiting.take(where: { _ in true }), error)
    }

    private func settle(_ settled: [AMQPOutgoing], _ error: RabbitMQError?) {
        for outgoing in settled {
            publishing.unconfirmedBytes -= outgoing.message.body.count
            outgoing.ticket.settle(error)
        }
        noteIdle()
    }

    private func noteIdle() {
        guard publishing.isIdle || failure != nil else { return }
        for continuation in publishing.idle { continuation.finish() }
        publishing.idle = []
    }

    private static func send(_ message: OutgoingMessage, tag: UInt64, _ handle: AMQPHandle) -> Int32 {
        AMQPArena.with { arena in
            var properties = arena.properties(message, publishTag: tag)
            return message.body.withUnsafeBytes { body in
                let body = amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
                return amqp_basic_publish(
                    handle.state, ChannelUse.work, arena.bytes(message.exchange), arena.bytes(message.routingKey), 1, 0,
                    &properties, body)
            }
        }
    }
}

extension OutgoingMessage {
    /// Where the message goes, for errors.
    var route: String { exchange.isEmpty ? "queue \(routingKey)" : "exchange \(exchange), routing key \(routingKey)" }
}
