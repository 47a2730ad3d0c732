import Domain
import FoundationEssentials
import Logging
import PartnerHTTP
import Pipeline
import PostgreSQL
import Store

extension StageWorker {
    /// One run: releases and makes due what the tick names, takes the partitions' locks on a session of its own, runs the stage and writes
    /// the run's row. The session gives up its locks before anything is published: what is published next must not find them taken.
    ///
    /// - Parameter cameBack: whoever had the tick before may be dead, its session not yet.
    func run(_ tick: Tick, cameBack: Bool) async throws -> RunResult {
        guard let snapshot = on.configuration.current else { throw RunFailure.notConfigured }
        let asked = try await partitions(tick)
        guard !asked.isEmpty else { return try await nothingToDo(tick) }

        return try await on.runSessions.withConnection { session in
            let got = try await locks(asked, on: session, patience: cameBack ? on.lockPatience : .zero)
            return try await run(tick, asked, got, snapshot, session)
        }
    }

    private func run(
        _ tick: Tick, _ asked: [Int], _ got: [Int], _ snapshot: ConfigurationSnapshot, _ session: PostgresConnection
    ) async throws -> RunResult {
        guard !got.isEmpty else { return RunResult(end: .lockedOut, gotAll: false, remainingOrders: tick.orders) }
        await session.keepAlive(every: .milliseconds(1500))

        let id = on.newID()
        var logger = on.logger
        logger[metadataKey: "run"] = "\(id)"
        logger[metadataKey: "tick"] = "\(tick.id)"
        let context = RunContext(
            ledger: RunLedger(
                session: session, stage: stage, runID: id, partitions: got, names: stage.isSharded ? tick.orders : []),
            configuration: snapshot.configuration, now: on.now, jitter: on.jitter, budgetEnd: .now + body.budget,
            isStopping: on.isStopping, logger: logger, isAskedFor: [.manual, .replay].contains(tick.trigger))
        let runs = StageRunStore(session)
        let started = on.now()
        let clock = try await runs.begin(id, tick, worker: on.name, now: started)
        do {
            try RunFailure.check(clock: clock, askedBetween: started, and: on.now(), tolerance: on.clockTolerance)
            let lease = WriteLease { session.hasContact(within: PostgresConfiguration.lockLease) }
            var (result, counts) = try await WriteLease.$current.withValue(lease) { try await body.run(tick, context) }
            result.gotAll = got.count == asked.count
            try await context.ledger.reexamine(unlessConfigurationIs: snapshot.version, started: started, now: on.now())
            try await runs.end(id, result, counts: counts, now: on.now())
            if !counts.isEmpty { logger.info("run ended", metadata: ["counts": .dictionary(counts.mapValues { "\($0)" })]) }
            return result
        } catch {
            await note(error, of: id, runs, logger)
            throw error
        }
    }

    /// The run's row says why it failed. With the session, the right to write anything else is gone, but not this.
    private func note(_ error: any Error, of id: UUID, _ runs: StageRunStore, _ logger: Logger) async {
        let code = RunFailure.code(of: error)
        do {
            do { try await runs.fail(id, error, code: code, now: on.now()) } catch let lost as PostgresError
                where lost.isConnectionLoss
            {
                try await on.pool.withConnection { try await StageRunStore($0).fail(id, error, code: code, now: on.now()) }
            }
        } catch {
            logger.warning("run's end could not be written", error: error)
        }
    }

    /// Those of the partitions that are free, as soon as any is; none when that takes longer than the patience.
    private func locks(_ asked: [Int], on session: PostgresConnection, patience: Duration) async throws -> [Int] {
        let end = ContinuousClock.now + patience
        while true {
            let got = try await session.tryAdvisoryLocks(LockClass.of(stage), asked.map(Int32.init))
            if !got.isEmpty || ContinuousClock.now >= end || on.isStopping() { return got.map(Int.init).sorted() }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// None of the tick's orders is at the stage; its row says that it came.
    private func nothingToDo(_ tick: Tick) async throws -> RunResult {
        let result = RunResult(end: .done)
        let id = on.newID()
        try await on.pool.withConnection { session in
            let runs = StageRunStore(session)
            try await runs.begin(id, tick, worker: on.name, now: on.now())
            try await runs.end(id, result, counts: [:], now: on.now())
        }
        return result
    }

    /// The partitions that the tick covers. Orders named by a tick are released and made due first, before any lock, so that whoever holds
    /// their partition does the work (design 4).
    private func partitions(_ tick: Tick) async throws -> [Int] {
        guard stage.isSharded else { return [0] }
        guard !tick.orders.isEmpty else { return tick.shard.partitions }
        guard tick.trigger != .continuation else { return try await RunLedger.partitions(of: tick.orders, at: stage, on.pool) }
        return try await OrderActions(on.pool).makeDue(
            tick.orders, stage: stage, by: tick.requestedBy ?? tick.trigger.rawValue, tickID: tick.id, now: on.now())
    }
}
