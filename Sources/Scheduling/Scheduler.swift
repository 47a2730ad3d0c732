package import FoundationEssentials
package import Logging
package import PostgreSQL
import ServiceLifecycle
package import StageRunner
package import Store

/// Publishes ticks by cron. Any number may run: the one that holds the leader's advisory lock works, another takes over when its session
/// ends, within ten seconds (design 3 and 4).
package struct Scheduler: Service {
    package struct Dependencies: Sendable {
        package var database: PostgresConfiguration
        package var pool: PostgresPool
        package var ticks: TickPublisher
        package var configuration: RuntimeConfigurationCache
        package var now: @Sendable () -> Date
        package var newID: @Sendable () -> UUID
        package var logger: Logger

        package init(
            database: PostgresConfiguration, pool: PostgresPool, ticks: TickPublisher, configuration: RuntimeConfigurationCache,
            now: @escaping @Sendable () -> Date, newID: @escaping @Sendable () -> UUID, logger: Logger
        ) {
            self.database = database
            self.pool = pool
            self.ticks = ticks
            self.configuration = configuration
            self.now = now
            self.newID = newID
            self.logger = logger
        }
    }

    /// How often a scheduler that does not lead asks for the lock.
    static let candidacy = Duration.seconds(2)

    private let on: Dependencies

    package init(_ dependencies: Dependencies) { on = dependencies }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await leadIfElected()
                } catch is CancellationError {
                    return
                } catch {
                    on.logger.warning("the scheduler's database session ended; standing for leader again", error: error)
                }
                do { try await Task.sleep(for: Self.candidacy) } catch { return }
            }
        }
    }

    /// Leads until the session that holds the lock ends, or returns at once when another scheduler leads.
    private func leadIfElected() async throws {
        let session = try await PostgresConnection.connect(on.database.holdingLocks(), logger: on.logger)
        do {
            if try await session.tryAdvisoryLocks(LockClass.leader, [0]).isEmpty == false {
                await session.keepAlive(every: .milliseconds(1500))
                on.logger.notice("leads: publishing ticks")
                try await lead(session)
            }
            await session.close()
        } catch {
            await session.close()
            throw error
        }
    }

    /// Publishes ticks, mends replays and tidies up, each at its own pace: nothing that takes its time may keep a tick waiting. The end of
    /// the session ends all three.
    private func lead(_ session: PostgresConnection) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let leadership = Leadership(session: session)
            group.addTask { try await TickClock(on: on, leadership: leadership).run() }
            group.addTask { try await Housekeeping(on: on, leadership: leadership).mendReplays() }
            group.addTask { try await Housekeeping(on: on, leadership: leadership).deleteExpired() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
