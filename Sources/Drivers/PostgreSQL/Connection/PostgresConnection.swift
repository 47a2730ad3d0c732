import Dispatch
import Logging
import NIOConcurrencyHelpers
import SerialQueueExecutor
import SocketWatch

/// One session with the server.
///
/// Queries of several tasks take turns, first come, first served. A transaction has the connection to itself until its body ends.
/// The actor runs on the thread of all sessions, waits for the socket by ``SocketWatch``, and blocks no thread. A connection that failed is
/// not repaired: it stays closed, with its reason, and whoever needs one opens another.
package actor PostgresConnection {
    /// One thread serves all sessions of the process: none ever waits on it, and each thread more would keep freed memory for itself.
    private static let lane = DispatchQueue(label: "conveyor.postgres")

    package nonisolated let configuration: PostgresConfiguration
    nonisolated let executor: SerialQueueExecutor
    nonisolated let logger: Logger
    /// Whose turn it is: held for a query, or for a whole transaction.
    nonisolated let turn = Turnstile<Void>([()])
    /// Held by the one request that is under way; the queries of a transaction's child tasks line up here.
    nonisolated let wire = Turnstile<Void>([()])

    /// When the last request that the server answered was sent; nil before the first and after the end.
    nonisolated let contact = NIOLockedValueBox<ContinuousClock.Instant?>(nil)

    var session: LibpqSession?
    var readWatch: SocketWatch?
    /// Only while libpq has bytes that the socket did not take.
    var writeWatch: SocketWatch?
    var deadlineTimer: QueueTimer?
    var timerIsSetFor: DispatchTime?
    var keepAliveTimer: QueueTimer?
    /// Only while a pool keeps the session for its next user.
    var idleTimer: QueueTimer?
    var connectWait: ConnectWait?
    var exchange: Exchange?
    /// Counts exchanges, notification streams and those who wait for the end.
    var lastID = 0
    /// Something was changed that the next user of a pooled connection must not inherit.
    var hasSessionState = false
    /// When the server said something last.
    var lastAnswer = ContinuousClock.now
    var notificationStreams: [Int: AsyncStream<PostgresNotification>.Continuation] = [:]
    var endWaiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var hasEnded = false

    /// Why the session ended; nil while it is open, and after `close()`.
    package private(set) var closedReason: PostgresError?

    nonisolated var queue: DispatchQueue { executor.queue }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        executor = SerialQueueExecutor(label: "conveyor.postgres.session", target: Self.lane)
    }

    package var isOpen: Bool { session != nil && !hasEnded }

    /// Ends the session now. What is under way fails with `.connectionLost`; the server frees the session's locks.
    package func close() async {
        // A server in mid-statement would not notice for as long as that runs.
        if let exchange, !exchange.isAnswered { exchange.cancelRequest?.send {} }
        end(nil)
    }

    /// Waits until the session has ended, for whatever reason, and gives it; nil after `close()`, or when the task is cancelled.
    package func whenClosed() async -> PostgresError? {
        let id = nextID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if hasEnded || Task.isCancelled { return continuation.resume() }
                endWaiters[id] = continuation
            }
        } onCancel: {
            enter { $0.endWaiters.removeValue(forKey: id)?.resume() }
        }
        return closedReason
    }

    func end(_ reason: PostgresError?) {
        guard !hasEnded else { return }
        hasEnded = true
        contact.withLockedValue { $0 = nil }
        closedReason = reason
        let unanswered = exchange
        exchange = nil
        readWatch = nil
        writeWatch = nil
        deadlineTimer = nil
        keepAliveTimer = nil
        idleTimer = nil
        session = nil
        for stream in notificationStreams.values { stream.finish() }
        notificationStreams = [:]
        for waiter in endWaiters.values { waiter.resume() }
        endWaiters = [:]
        if let reason { logger.debug("database session ended", metadata: ["reason": "\(reason)"]) }
        guard var unanswered else { return }
        if !unanswered.isAnswered, unanswered.failure == nil {
            unanswered.failure = reason ?? .connectionLost("it was closed by this process.")
        }
        unanswered.completion(unanswered.result)
    }

    func nextID() -> Int {
        lastID += 1
        return lastID
    }

    /// Comes back into the actor from a callback, in the order of the callbacks.
    nonisolated func enter(_ body: @escaping @Sendable (isolated PostgresConnection) -> Void) {
        queue.async { [weak self] in self?.assumeIsolated(body) }
    }
}
