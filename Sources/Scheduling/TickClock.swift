import Domain
import FoundationEssentials
import Logging
import Pipeline
import PostgreSQL
import StageRunner
import Store

/// Publishes each job's ticks when its time has come.
struct TickClock: Sendable {
    /// How long a broker that is away may hold up a fire; the next look makes up for it.
    private static let brokerPatience = Duration.seconds(2)
    /// Seconds. Less than that two hosts' clocks may well differ.
    private static let clockTolerance: TimeInterval = 10

    let on: Scheduler.Dependencies
    let leadership: Leadership

    /// Until the leader's session ends.
    func run() async throws {
        let started = on.now()
        let fires = JobFireStore(leadership.session)
        while !Task.isCancelled {
            let now = on.now()
            let configuration = on.configuration.current?.configuration
            let lastFires = try await lastFires(fires, now)
            if let configuration {
                for fire in Timetable(configuration).due(lastFires: lastFires, started: started, now: now) {
                    await publish(fire, fires, now)
                }
            }
            try await pause(configuration, lastFires, started)
        }
    }

    /// When each job fired last. A fire that a wrong clock noted for the time to come would silence its job until then: it counts as of now.
    private func lastFires(_ fires: JobFireStore, _ now: Date) async throws -> [Stage: Date] {
        let noted = try await fires.lastFires()
        guard let latest = noted.values.max(), latest > now.addingTimeInterval(Self.clockTolerance) else { return noted }
        on.logger.warning(
            "a scheduler's clock was wrong, or this one's is: a job was noted as fired in the time to come; it counts from now",
            metadata: ["fired_at": "\(latest.formatted(.iso8601))"])
        try await fires.cut(at: now)
        return try await fires.lastFires()
    }

    /// Publishes a fire's ticks and notes it, unless another scheduler leads by now.
    func publish(_ fire: Timetable.Fire, _ fires: JobFireStore, _ now: Date) async {
        let ticks = fire.shards.map { shard in
            Tick(
                id: on.newID().uuidString.lowercased(), stage: fire.stage, trigger: .schedule, shard: shard, issuedAt: now,
                expiresAt: fire.expiresAt)
        }
        do {
            try await on.ticks.waitUntilConnected(timeout: Self.brokerPatience)
            try await leadership.confirm()
            try await on.ticks.publish(ticks)
            try await fires.record(fire.stage, firedAt: now)
        } catch {
            on.logger.warning(
                "ticks could not be published; the next look, within seconds, makes up for it", error: error,
                metadata: ["stage": "\(fire.stage.rawValue)"])
        }
    }

    /// Sleeps until the next fire, and at most 2 s, so that a change of the configuration is seen.
    private func pause(_ configuration: RuntimeConfiguration?, _ lastFires: [Stage: Date], _ started: Date) async throws {
        let now = on.now()
        let limit: TimeInterval = 2
        let next = configuration.map { Timetable($0).nextLook(lastFires: lastFires, started: started, now: now, limit: limit) }
        let pause = max(0.02, (next ?? now.addingTimeInterval(limit)).timeIntervalSince(now))
        try await Task.sleep(for: .seconds(pause))
    }
}
