package import Logging
import ServiceLifecycle

/// Listens on channels with a session of its own, and connects again when that is lost.
///
/// `NOTIFY` keeps nothing for a listener that is away. So after every connect the handler is called once for each channel, with an
/// empty payload, and makes up for what may have been missed.
package final class PostgresListener: Service, Sendable {
    package typealias Handler = @Sendable (PostgresNotification) async -> Void

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let onNotification: Handler
    private let onReconnect: @Sendable () async -> Void
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double

    /// - Parameters:
    ///   - onNotification: called for one notification after the other.
    ///   - onReconnect: called when a lost session was replaced, before the channels' made-up notifications.
    ///   - random: from 0 to 1, spreads the attempts to connect.
    package init(
        configuration: PostgresConfiguration, channels: [String], logger: Logger, onNotification: @escaping Handler,
        onReconnect: @escaping @Sendable () async -> Void = {}, clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
        self.onNotification = onNotification
        self.onReconnect = onReconnect
        self.clock = clock
        self.random = random
    }

    /// Listens until graceful shutdown or cancellation.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.listenForEver() }
    }

    private func listenForEver() async {
        var backoff = Backoff(random: random)
        var wasConnected = false
        while !Task.isCancelled {
            do throws(PostgresError) {
                let connection = try await PostgresConnection.connect(configuration, logger: logger)
                let notifications = try await listen(on: connection)
                backoff = Backoff(random: random)
                if wasConnected { await onReconnect() }
                wasConnected = true
                for channel in channels { await onNotification(PostgresNotification(channel: channel, payload: "")) }
                for await notification in notifications { await onNotification(notification) }
                let reason = await connection.closedReason
                await connection.close()
                if let reason { throw reason }
            } catch {
                if Task.isCancelled { return }
                let pause = backoff.next()
                logger.warning("listening interrupted", metadata: ["reason": "\(error)", "next attempt in": "\(pause)"])
                do { try await clock.sleep(for: pause) } catch { return }
            }
        }
    }

    /// The stream is made before LISTEN is sent: nothing can arrive in between.
    private func listen(on connection: PostgresConnection) async throws(PostgresError) -> AsyncStream<PostgresNotification> {
        let notifications = await connection.notifications()
        for channel in channels { try await connection.listen(channel) }
        // Finds out about a server that vanished without a word.
        await connection.keepAlive(every: .seconds(10))
        return notifications
    }
}
