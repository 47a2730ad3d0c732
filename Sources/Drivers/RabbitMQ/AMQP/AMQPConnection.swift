import CRabbitMQ
import Dispatch
import Glibc
import SerialQueueExecutor
import SocketWatch

/// A channel as long as it is open: a number that is opened again is another channel.
struct AMQPChannel: Sendable, Hashable {
    let number: UInt16
    let epoch: UInt64
}

/// One connection to the broker, from login to its end. It is never repaired: after an error it is thrown away, and another is made.
///
/// librabbitmq is not thread-safe, and moves heartbeats only while it is called. So the actor runs on a queue of its own; a watch on the
/// socket and a timer call the library whenever there is something to read or to keep alive, however long a handler works elsewhere.
/// After login nothing here waits: requests are sent, and their answers are taken out of the stream of frames with everything else.
actor AMQPConnection {
    nonisolated let configuration: RabbitMQConfiguration
    /// Ends when the connection does; carries no elements.
    nonisolated let closed: AsyncStream<Void>
    private nonisolated let closedContinuation: AsyncStream<Void>.Continuation

    private nonisolated let executor: SerialQueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private(set) var handle: AMQPHandle?
    private(set) var failure: RabbitMQError?
    private var readWatch: SocketWatch?
    private var timer: (any DispatchSourceTimer)?
    private var isDraining = false

    // State of the aspects in the extensions.
    var channels: [UInt16: AMQPChannel] = [:]
    var lastEpoch: UInt64 = 0
    var calls: [UInt16: [AMQPCall]] = [:]
    var contents: [UInt16: AMQPContent] = [:]
    var subscription: AMQPSubscription?
    var publishing = AMQPPublishing()

    init(_ configuration: RabbitMQConfiguration) {
        self.configuration = configuration
        executor = SerialQueueExecutor(label: "amqp.\(configuration.connectionName)")
        (closed, closedContinuation) = AsyncStream.makeStream()
    }

    /// Connects and logs in. Once per instance.
    func open() throws(RabbitMQError) {
        if let failure { throw failure }
        let handle = try AMQPHandshake.connect(configuration)
        self.handle = handle
        do {
            try watch(handle)
        } catch {
            fail(error)
            throw error
        }
    }

    /// Says goodbye, so that the broker hands unsettled deliveries out again at once, and closes the socket.
    func close() async {
        if handle != nil { _ = try? await call(on: 0, timeout: .seconds(2), Self.sayGoodbye) }
        fail(RabbitMQError(.shutDown, "The connection to RabbitMQ was closed by this process"))
    }

    /// Ends the connection: everything that waits on it learns why. The first reason counts.
    func fail(_ error: RabbitMQError) {
        guard failure == nil else { return }
        failure = error
        // A refusal leaves the connection in order, and the broker need not take its end for an accident.
        if let handle, [.channelClosed, .consumerCancelled].contains(error.code) { _ = Self.sayGoodbye(handle) }
        timer?.cancel()
        (readWatch, timer, handle) = (nil, nil, nil)
        channels = [:]
        contents = [:]
        failCalls(error)
        failPublishing(error)
        endSubscription()
        closedContinuation.finish()
    }

    /// The handle, while the connection lives.
    func liveHandle() throws(RabbitMQError) -> AMQPHandle {
        if let failure { throw failure }
        guard let handle else { throw .lost("it was not opened") }
        return handle
    }

    /// Takes every frame that has arrived, and lets librabbitmq send or miss its heartbeats.
    func drain() {
        guard let handle, !isDraining else { return }
        isDraining = true
        defer { isDraining = false }
        var noWait = timeval(tv_sec: 0, tv_usec: 0)
        var frame = amqp_frame_t()
        while failure == nil {
            let status = amqp_simple_wait_frame_noblock(handle.state, &frame, &noWait)
            guard status != AMQP_STATUS_TIMEOUT.rawValue else { break }
            guard check(status) else { return }
            receive(frame)
            amqp_maybe_release_buffers(handle.state)
        }
    }

    /// Takes the frames that librabbitmq read from the socket during another call; the source on the socket will not tell about these.
    func drainBuffered() {
        guard let handle, amqp_frames_enqueued(handle.state) != 0 || amqp_data_in_buffer(handle.state) != 0 else { return }
        drain()
    }

    /// Ends the connection when a call of librabbitmq failed.
    func check(_ status: Int32) -> Bool {
        if status == AMQP_STATUS_OK.rawValue { return true }
        fail(.lost(String(amqpStatus: status)))
        return false
    }

    private static func sayGoodbye(_ handle: AMQPHandle) -> Int32 {
        let method = amqp_connection_close_t(reply_code: 200, reply_text: amqp_empty_bytes, class_id: 0, method_id: 0)
        return handle.send(AMQP_CONNECTION_CLOSE_METHOD, method, on: 0)
    }

    private func readable() {
        drain()
        pump()
    }

    private func tick() {
        drain()
        let now = ContinuousClock.now
        expireCalls(now)
        expirePublishing(now)
        pump()
    }

    private func watch(_ handle: AMQPHandle) throws(RabbitMQError) {
        readWatch = SocketWatch(.readable, of: amqp_get_sockfd(handle.state), on: executor.queue) { [weak self] in
            self?.assumeIsolated { $0.readable() }
        }
        guard readWatch != nil else { throw .lost("no file descriptor is left") }

        let heartbeat = Double(amqp_get_heartbeat(handle.state))
        let interval = heartbeat > 0 ? min(max(heartbeat / 4, 0.25), 1) : 1
        let timer = DispatchSource.makeTimerSource(queue: executor.queue)
        timer.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(50))
        timer.setEventHandler { [weak self] in self?.assumeIsolated { $0.tick() } }
        timer.activate()
        self.timer = timer
    }
}

extension RabbitMQError {
    static func lost(_ reason: String, replyCode: UInt16? = nil, replyText: String? = nil) -> RabbitMQError {
        RabbitMQError(
            .connectionLost, "The connection to RabbitMQ is lost: \(reason)", replyCode: replyCode, replyText: replyText)
    }
}
