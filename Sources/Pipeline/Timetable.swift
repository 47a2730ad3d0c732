package import Domain
package import FoundationEssentials

/// When which job fires, decided without a clock of its own.
package struct Timetable: Sendable {
    /// A job that is to fire now.
    package struct Fire: Sendable, Hashable {
        package var stage: Stage
        package var shards: [Shard]
        /// The next regular fire: a tick found later than that is stale.
        package var expiresAt: Date?
    }

    private let jobs: [(stage: Stage, job: RuntimeConfiguration.Job, cron: CronExpression)]

    /// Jobs that are not enabled do not appear. The configuration is valid, so its cron expressions are too.
    package init(_ configuration: RuntimeConfiguration) {
        jobs = Stage.allCases.compactMap { stage in
            let job = configuration.job(stage)
            guard job.isEnabled, let cron = try? CronExpression(job.cron) else { return nil }
            return (stage, job, cron)
        }
    }

    /// The jobs whose time has come since their last fire. A job that missed several fires makes up one; one that never fired waits for
    /// its next time after `started`.
    package func due(lastFires: [Stage: Date], started: Date, now: Date) -> [Fire] {
        jobs.compactMap { entry in
            guard !isPaused(entry.job, now), let next = entry.cron.next(after: lastFires[entry.stage] ?? started), next <= now
            else {
                return nil
            }
            return Fire(stage: entry.stage, shards: Shard.all(entry.job.shards), expiresAt: entry.cron.next(after: now))
        }
    }

    /// When to look again, at the latest after `limit` seconds.
    package func nextLook(lastFires: [Stage: Date], started: Date, now: Date, limit: TimeInterval) -> Date {
        let nexts = jobs.compactMap { entry -> Date? in
            let next = entry.cron.next(after: max(lastFires[entry.stage] ?? started, now))
            guard let paused = entry.job.pausedUntil, paused > now else { return next }
            return next.map { max($0, paused) }
        }
        return min(nexts.min() ?? .distantFuture, now.addingTimeInterval(limit))
    }

    private func isPaused(_ job: RuntimeConfiguration.Job, _ now: Date) -> Bool {
        job.pausedUntil.map { $0 > now } ?? false
    }
}
