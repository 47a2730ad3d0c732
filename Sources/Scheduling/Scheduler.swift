import Domain
package import FoundationEssentials
package import Logging
import Pipeline
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

    private func lead(_ session: PostgresConnection) async throws {
        let started = on.now()
        var nextHousekeeping = started
        while !Task.isCancelled {
            let now = on.now()
            let snapshot = on.configuration.current
            let fires = JobFireStore(session)
            // Read on the leader's own session: a scheduler that lost it learns so here, before it publishes anything.
            let lastFires = try await fires.lastFires()
            if let snapshot {
                let timetable = Timetable(snapshot.configuration)
                for fire in timetable.due(lastFires: lastFires, started: started, now: now) {
                    await publish(fire, fires, now)
                }
            }
            if now >= nextHousekeeping {
                nextHousekeeping = now.addingTimeInterval(60)
                await keepHouse(snapshot?.configuration, now)
            }
            try await pause(snapshot?.configuration, lastFires, started)
        }
    }

    private func publish(_ fire: Timetable.Fire, _ fires: JobFireStore, _ now: Date) async {
        let ticks = fire.shards.map { shard in
            Tick(
                id: on.newID().uuidString.lowercased(), stage: fire.stage, trigger: .schedule, shard: shard, issuedAt: now,
                expiresAt: fire.expiresAt)
        }
        do {
            try await on.ticks.publish(ticks)
            try await fires.record(fire.stage, firedAt: now)
        } catch {
            on.logger.warning(
                "ticks could not be published; the next fire makes up for it", error: error,
                metadata: ["stage": "\(fire.stage.rawValue)"])
        }
    }

    /// Publishes the messages of open replays again, so that a lost queue loses nothing, and deletes what is past its retention.
    private func keepHouse(_ configuration: RuntimeConfiguration?, _ now: Date) async {
        do {
            let replays = ReplayStore(on.pool)
            let messages = try await replays.messagesToRepublish(now: now)
            if !messages.isEmpty { try await on.ticks.publish(messages) }
            if let configuration { _ = try await Retention(on.pool).deleteExpired(configuration.retentionDays, now: now) }
        } catch {
            on.logger.warning("housekeeping failed; it is tried again in a minute", error: error)
        }
    }

    /// Sleeps until the next fire; a change of the configuration ends the sleep.
    private func pause(_ configuration: RuntimeConfiguration?, _ lastFires: [Stage: Date], _ started: Date) async throws {
        let now = on.now()
        let limit: TimeInterval = 2
        let next = configuration.map { Timetable($0).nextLook(lastFires: lastFires, started: started, now: now, limit: limit) }
        let pause = max(0.02, (next ?? now.addingTimeInterval(limit)).timeIntervalSince(now))
        try await Task.sleep(for: .seconds(pause))
    }
}
