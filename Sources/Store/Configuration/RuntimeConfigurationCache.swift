import FoundationEssentials
package import Logging
package import PostgreSQL
package import ServiceLifecycle

/// What this process knows of the runtime configuration.
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
package actor RuntimeConfigurationCache: Service {
    package private(set) var state = ConfigurationState.unread

    private let store: RuntimeConfigurationStore
    private let listening: PostgresConfiguration
    private let logger: Logger
    private let clock: any Clock<Duration>
    private var watchers: [Int: AsyncStream<ConfigurationState>.Continuation] = [:]
    private var nextWatcher = 0

    /// - Parameter listening: for a session of its own, which waits for notifications.
    package init(
        store: RuntimeConfigurationStore, listening: PostgresConfiguration, logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.store = store
        self.listening = listening
        self.logger = logger
        self.clock = clock
    }

    package func run() async throws {
        // The listener calls once after every connect, so the first state and whatever was missed come the same way as news does.
        let listener = PostgresListener(
            configuration: listening, channels: [RuntimeConfigurationStore.channel], logger: logger,
            onNotification: { [weak self] _ in await self?.reload() })
        try await listener.run()
        for watcher in watchers.values { watcher.finish() }
    }

    /// The state now, unless it is still unread, and then every new one. Ends when the service stops.
    package func states() -> AsyncStream<ConfigurationState> {
        let (stream, continuation) = AsyncStream.makeStream(of: ConfigurationState.self, bufferingPolicy: .bufferingNewest(1))
        let number = nextWatcher
        nextWatcher += 1
        watchers[number] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.forget(number) }
        }
        if state != .unread { continuation.yield(state) }
        return stream
    }

    /// The newest valid configuration, as soon as there is one.
    ///
    /// - Throws: `CancellationError` when the service stops first.
    package func snapshot() async throws -> ConfigurationSnapshot {
        for await state in states() {
            if case .valid(let snapshot) = state { return snapshot }
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
                return logger.error("runtime configuration not understood, the former one stays in force", metadata: ["reason": "\(error)"])
            } catch {
                logger.warning("runtime configuration could not be read, will try again", metadata: ["reason": "\(error)"])
                try? await clock.sleep(for: .seconds(1))
            }
        }
    }

    private func accept(_ snapshot: ConfigurationSnapshot?) {
        // An older answer that arrives late is no news.
        if let old = state.snapshot, let snapshot, snapshot.version <= old.version { return }
        let next = snapshot.map(ConfigurationState.valid) ?? .absent
        guard next != state else { return }
        state = next
        if let snapshot { logger.info("runtime configuration in force", metadata: ["version": "\(snapshot.version)"]) }
        for watcher in watchers.values { watcher.yield(next) }
    }

    private func forget(_ number: Int) { watchers[number] = nil }
}
