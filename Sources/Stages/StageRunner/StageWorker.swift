import Domain
package import FoundationEssentials
package import Logging
import Metrics
import Pipeline
package import PostgreSQL
package import RabbitMQ
package import Store

/// Turns a delivery into a run and its aftermath (design 4): read the tick, take the locks, run the stage, publish what is left, acknowledge.
package struct StageWorker: Sendable {
    package struct Dependencies: Sendable {
        package var pool: PostgresPool
        /// One session is one run's, with the locks it takes. It is kept for the next run for less time than the server bears its silence:
        /// opening one costs a run's first milliseconds, and the server as much work as many statements.
        package var runSessions: PostgresPool
        package var ticks: TickPublisher
        package var configuration: RuntimeConfigurationCache
        package var now: @Sendable () -> Date
        package var jitter: @Sendable () -> Double
        package var newID: @Sendable () -> UUID
        package var isStopping: @Sendable () -> Bool
        /// Host and process, for the run's row.
        package var name: String
        package var logger: Logger
        /// How long a tick that came back waits for its locks: a frozen holder's session ends after 5 s (design 4), a dead one's sooner.
        package var lockPatience = Duration.seconds(7)
        /// How far, in seconds, this host's clock may be off the database's. A worker whose clock is wrong would take another's permission to
        /// send for over (design 7.4), or a tick for stale; by default nobody looks.
        package var clockTolerance = TimeInterval.infinity

        package init(
            pool: PostgresPool, database: PostgresConfiguration, ticks: TickPublisher, configuration: RuntimeConfigurationCache,
            now: @escaping @Sendable () -> Date, jitter: @escaping @Sendable () -> Double, newID: @escaping @Sendable () -> UUID,
            isStopping: @escaping @Sendable () -> Bool, name: String, logger: Logger
        ) {
            self.pool = pool
            // Never taken at its word: no run fails for a session that was lost while it was kept.
            runSessions = PostgresPool(
                configuration: database.holdingLocks(), size: 1, idleLimit: .seconds(3), trusted: .zero, logger: logger)
            self.ticks = ticks
            self.configuration = configuration
            self.now = now
            self.jitter = jitter
            self.newID = newID
            self.isStopping = isStopping
            self.name = name
            self.logger = logger
        }
    }

    let body: any StageBody
    let on: Dependencies

    package init(_ body: any StageBody, _ dependencies: Dependencies) {
        self.body = body
        on = dependencies
    }

    var stage: Stage { body.stage }

    /// Handles one delivery and settles it. A delivery that cannot be settled is left to the broker, which delivers it again.
    package func handle(_ delivery: Delivery) async {
        do {
            let tick: Tick
            do throws(MalformedTick) {
                tick = try Tick(parsing: delivery.body, of: stage)
            } catch {
                on.logger.error("message is no tick; moved to the dead letters", metadata: ["reason": "\(error)"])
                try await insist(delivery) { () throws(RabbitMQError) in
                    try await on.ticks.bury(delivery.body, stage: stage, reason: error.description, now: on.now())
                }
                try await delivery.ack()
                return
            }
            let started = ContinuousClock.now
            let after = try await process(tick, delivery)
            try await follow(after, delivery)
            try await delivery.ack()
            count(tick, after, started)
        } catch {
            on.logger.error("tick could not be settled; the broker delivers it again", error: error)
        }
    }

    private func process(_ tick: Tick, _ delivery: Delivery) async throws -> AfterRun {
        guard !tick.isStale(at: on.now()) else {
            on.logger.warning(
                "a tick came after its time and was dropped; the next one does its work", metadata: ["tick": "\(tick.id)"])
            return .drop
        }
        let result: RunResult
        do {
            if tick.trigger == .continuation { try await ContinuationStore(on.pool).clear(stage, tick.shard, tickID: tick.id) }
            guard !isSwitchedOff(for: tick), try await !isOver(tick) else { return .drop }
            result = try await run(tick, cameBack: delivery.cameBack)
        } catch {
            on.logger.error("run failed", error: error, metadata: ["tick": "\(tick.id)"])
            result = RunResult(end: .failed, remainingOrders: tick.orders)
        }
        return AfterRun.plan(
            tick, redelivered: delivery.cameBack, result: result, newID: on.newID().uuidString.lowercased())
    }

    /// Whether the job is disabled or paused. That concerns what the schedule began; a person's ticks, and what they leave to do, always
    /// work (design 3 and 5).
    private func isSwitchedOff(for tick: Tick) -> Bool {
        guard !tick.trigger.isByPerson, tick.requestedBy == nil, let job = on.configuration.current?.configuration.job(stage)
        else {
            return false
        }
        return !job.isEnabled || job.pausedUntil.map { $0 > on.now() } ?? false
    }

    /// Whether the replay that the tick belongs to is done or cancelled meanwhile. The tick's row says that it came.
    private func isOver(_ tick: Tick) async throws -> Bool {
        guard tick.trigger == .replay, try await ReplayStore(on.pool).isOver(tick.id) else { return false }
        try await on.pool.withConnection { session in
            try await StageRunStore(session).drop(on.newID(), tick, worker: on.name, now: on.now())
        }
        return true
    }

    private func follow(_ after: AfterRun, _ delivery: Delivery) async throws {
        switch after {
        case .acknowledge, .drop:
            break
        case .carryOn(let tick):
            try await insist(delivery) { () throws(RabbitMQError) in try await on.ticks.publish(tick) }
        case .putOff(let tick):
            try await insist(delivery) { () throws(RabbitMQError) in try await on.ticks.publishLater(tick) }
        case .confirmLater(let tick):
            try await confirmLater(tick, delivery)
        }
    }

    /// Of the continuations for all orders one a stage and shard is outstanding. One for named orders follows upon its own message alone, so
    /// there is never more than one of it, and nobody's replay waits for another's.
    private func confirmLater(_ tick: Tick, _ delivery: Delivery) async throws {
        let continuations = ContinuationStore(on.pool)
        let isOwn = !tick.orders.isEmpty
        if !isOwn {
            guard try await continuations.claim(stage, tick.shard, tickID: tick.id, now: on.now()) else { return }
        }
        do {
            try await insist(delivery) { () throws(RabbitMQError) in try await on.ticks.publishLater(tick) }
        } catch {
            // What was not published must not keep others back.
            if !isOwn { try? await continuations.clear(stage, tick.shard, tickID: tick.id) }
            throw error
        }
    }

    /// Publishes again and again while the broker takes nothing (away, blocking publishers, queue full) and the delivery is still ours. Given
    /// back, it would come again at once, cost a run each time, and be a dead letter after six.
    private func insist(_ delivery: Delivery, _ publish: () async throws(RabbitMQError) -> Void) async throws {
        var hasWarned = false
        while true {
            do throws(RabbitMQError) {
                return try await publish()
            } catch {
                guard error.mayPass, !on.isStopping(), await delivery.isOurs else { throw error }
                if !hasWarned { on.logger.warning("what follows a tick could not be published; trying on", error: error) }
                hasWarned = true
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func count(_ tick: Tick, _ after: AfterRun, _ started: ContinuousClock.Instant) {
        let end =
            switch after {
            case .acknowledge: "done"
            case .drop: "dropped"
            case .carryOn: "continued"
            case .putOff: "put_off"
            case .confirmLater: "confirming"
            }
        let dimensions = [("stage", stage.rawValue), ("trigger", tick.trigger.rawValue), ("end", end)]
        Counter(label: "conveyor_ticks_total", dimensions: dimensions).increment()
        Timer(label: "conveyor_tick_seconds", dimensions: [("stage", stage.rawValue)]).record(duration: .now - started)
    }
}

extension Delivery {
    /// Somebody had it before, who may be dead or frozen by now.
    fileprivate var cameBack: Bool { redelivered || deliveryCount > 0 }
}
