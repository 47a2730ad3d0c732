package import Logging
import NIOConcurrencyHelpers
package import PostgreSQL
import ServiceLifecycle

/// What a process knows of the runtime configuration.
package enum ConfigurationState: Sendable, Hashable {
    /// The database has not been read yet.
    case unread
    /// Nobody has set one yet: nothing is enabled, and stages wait.
    case absent
    case valid(ConfigurationSnapshot)

    package var snapshot: ConfigurationSnapshot? {
        guard case .valid(let snapshot) = self else { return nil }
        return snapshot
    }
}

/// The newest valid runtime configuration, kept up to date by notification: a change reaches a process without a restart, and one that
/// was missed while the connection was down is read as soon as it is back.
package final class RuntimeConfigurationCache: Service, Sendable {
    private struct Contents {
        var state = ConfigurationState.unread
        var watchers: [Int: AsyncStream<ConfigurationState>.Continuation] = [:]
        var nextWatcher = 0
        var hasEnded = false
    }

    private let store: RuntimeConfigurationStore
    private let listening: PostgresConfiguration
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let contents = NIOLockedValueBox(Contents())

    /// - Parameter listening: for a session of its own, which waits for notifications.
    package init(
        store: RuntimeConfigurationStore, listening: PostgresConfiguration, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.store = store
        self.listening = listening
        self.logger = logger
        self.clock = clock
    }

    package var state: ConfigurationState { contents.withLockedValue(\.state) }

    /// The newest valid configuration; `nil` as long as none was read.
    package var current: ConfigurationSnapshot? { state.snapshot }

    package func run() async throws {
        // The listener calls once after every connect, so the first state and whatever was missed come the same way as news does.
        let listener = PostgresListener(
            configuration: listening, channels: [RuntimeConfigurationStore.channel], logger: logger,
            onNotification: { [weak self] _ in await self?.reload() })
        defer { end() }
        try await listener.run()
    }

    /// The state now, unless it is still unread, and then every new one. Ends when the service stops.
    package func states() -> AsyncStream<ConfigurationState> {
        let (stream, continuation) = AsyncStream.makeStream(of: ConfigurationState.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = contents.withLockedValue { contents in
            if contents.state != .unread { continuation.yield(contents.state) }
            guard !contents.hasEnded else { return nil }
            contents.nextWatcher += 1
            contents.watchers[contents.nextWatcher] = continuation
            return contents.nextWatcher
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.contents.withLockedValue { _ = $0.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    /// The newest valid configuration, as soon as there is one.
    ///
    /// - Throws: `CancellationError` when the service stops first.
    package func snapshot() async throws -> ConfigurationSnapshot {
        for await state in states() {
            if let snapshot = state.snapshot { return snapshot }
        }
        throw CancellationError()
    }

    /// Reads until the database answers: a missed change would otherwise stay missed until the next one.
    package func reload() async {
        while !Task.isCancelled {
            do {
                return accept(try await store.current())
            } catch let error as StoreError where error.code == .unreadable {
                // A newer program wrote it: this one goes on with what it understands.
                return logger.error(
                    "runtime configuration not understood, the former one stays in force", metadata: ["reason": "\(error)"])
            } catch {
                logger.warning("runtime configuration could not be read, will try again", metadata: ["reason": "\(error)"])
                try? await clock.sleep(for: .seconds(1))
            }
        }
    }

    private func accept(_ snapshot: ConfigurationSnapshot?) {
        let watchers: [AsyncStream<ConfigurationState>.Continuation] = contents.withLockedValue { contents in
            // An older answer that arrives late is no news.
            if let old = contents.state.snapshot, (snapshot?.version ?? 0) <= old.version { return [] }
            let next = snapshot.map(ConfigurationState.valid) ?? .absent
            guard next != contents.state else { return [] }
            contents.state = next
            return Array(contents.watchers.values)
        }
        for watcher in watchers { watcher.yield(state) }
    }

    private func end() {
        let watchers = contents.withLockedValue { contents in
            contents.hasEnded = true
            return contents.watchers.values.map(\.self)
        }
        for watcher in watchers { watcher.finish() }
    }
}
