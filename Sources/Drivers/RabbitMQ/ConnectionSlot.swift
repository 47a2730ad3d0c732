import NIOConcurrencyHelpers

/// Where a service keeps its connection of the moment, and where others wait for one.
final class ConnectionSlot: Sendable {
    private struct State {
        var connection: AMQPConnection?
        var lastError: RabbitMQError?
        var isShutDown = false
        /// Why it was shut down, where that is no ordinary end.
        var ending: RabbitMQError?
        var waiters: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var lastWaiter: UInt64 = 0

        mutating func takeWaiters() -> [AsyncStream<Void>.Continuation] {
            defer { waiters = [:] }
            return Array(waiters.values)
        }
    }

    private let state = NIOLockedValueBox(State())

    var isConnected: Bool { state.withLockedValue { $0.connection != nil } }

    func fill(_ connection: AMQPConnection) {
        let waiters = state.withLockedValue { state in
            (state.connection, state.lastError) = (connection, nil)
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.finish() }
    }

    func empty(_ error: RabbitMQError?) {
        state.withLockedValue { state in
            state.connection = nil
            state.lastError = error ?? state.lastError
        }
    }

    /// - Parameter reason: why there will never be a connection again; `nil` for an ordinary end.
    func shutDown(_ reason: RabbitMQError? = nil) {
        let waiters = state.withLockedValue { state in
            state.isShutDown = true
            state.ending = reason
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.finish() }
    }

    /// The connection, once there is one.
    /// - Throws: `shutDown`, or what ended the service for good; at the deadline or when cancelled what the last attempt to connect met, or `timedOut`.
    func connection(before deadline: ContinuousClock.Instant) async throws(RabbitMQError) -> AMQPConnection {
        if let connection = try current() { return connection }
        let (ready, id) = wait()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in ready {} }
            group.addTask { try? await Task.sleep(until: deadline, clock: .continuous) }
            await group.next()
            group.cancelAll()
        }
        let lastError = state.withLockedValue { state in
            state.waiters[id] = nil
            return state.lastError
        }
        if let connection = try current() { return connection }
        throw lastError ?? RabbitMQError(.timedOut, "There was no connection to RabbitMQ in time")
    }

    private func current() throws(RabbitMQError) -> AMQPConnection? {
        let (connection, isShutDown, ending) = state.withLockedValue { ($0.connection, $0.isShutDown, $0.ending) }
        guard !isShutDown else {
            throw ending ?? RabbitMQError(.shutDown, "This process is shutting down and publishes no more")
        }
        return connection
    }

    private func wait() -> (AsyncStream<Void>, UInt64) {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let id = state.withLockedValue { state in
            state.lastWaiter += 1
            if state.connection != nil || state.isShutDown {
                continuation.finish()
            } else {
                state.waiters[state.lastWaiter] = continuation
            }
            return state.lastWaiter
        }
        return (stream, id)
    }
}
