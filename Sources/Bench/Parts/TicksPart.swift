import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import RabbitMQ
import Rehearsal
import ServiceLifecycle
import StageRunner

/// How soon a tick is a run on a fleet that has nothing else to do, and how fast messages get into a queue for certain.
struct TicksPart: Sendable {
    let venue: Venue

    private static let ticks = 300
    /// Each a batch of so many messages, which share the window of unconfirmed ones.
    private static let batches = 40
    private static let batch = 1000

    func figures() async throws -> [Figure] {
        var rig = RigSettings.withoutLimits()
        rig.work(Stage.allCases)
        rig.configure = { $0.only(Stage.allCases, cron: RuntimeConfiguration.never) }
        let samples = Samples(try await Rig.with("ticks", rig, venue) { try await latencies($0) })
        return [
            Figure(.ticks, "tick published to run started, p50", samples.percentile(50), "ms"),
            Figure(.ticks, "tick published to run started, p95", samples.percentile(95), "ms"),
            Figure(
                .ticks, "tick published to run started, p99", samples.percentile(99), "ms", goal: .below(20),
                note: "\(Self.ticks) ticks, one at a time"),
            Figure(
                .ticks, "publishes with confirm, pipelined", try await publishes(), "/s", goal: .atLeast(10_000),
                note: "to a quorum queue, \(Self.batches * Self.batch) messages"),
        ]
    }

    private func latencies(_ rig: Rig) async throws -> [Double] {
        let stages: [Stage] = [.push, .ack, .ship, .invoice]
        for stage in stages { try await rig.run(stage) }
        var milliseconds: [Double] = []
        for number in 0..<Self.ticks {
            let id = "bench-\(number)"
            let published = Date()
            try await rig.ticks.publish(Tick(id: id, stage: stages[number % stages.count], trigger: .manual, issuedAt: published))
            var started: Date?
            try await rig.wait("a tick is a run that ended", seconds: 10, every: .milliseconds(4)) {
                let rows = try await rig.pool.query(
                    "select started_at from stage_run where tick_id = \(id) and ended_at is not null")
                started = try rows.first?.decode("started_at", as: Date.self)
                return started != nil
            }
            if let started { milliseconds.append(started.timeIntervalSince(published) * 1000) }
            // Not in step with anything.
            try await Task.sleep(for: .milliseconds(5 + number * 7 % 20))
        }
        return milliseconds
    }

    // MARK: Publishing

    /// Messages a second.
    private func publishes() async throws -> Double {
        let queue = "bench.speed"
        let arguments: [String: RabbitMQValue] = [
            "x-queue-type": .string("quorum"), "x-overflow": .string("reject-publish"), "x-max-length": .int(1_000_000),
        ]
        let publisher = RabbitMQPublisher(
            configuration: try RabbitMQConfiguration(url: try await venue.virtualHost("speed"), connectionName: "bench"),
            topology: RabbitMQTopology(queues: [.init(queue, arguments: arguments)]), logger: .silent)
        let services = ServiceGroup(configuration: .init(services: [publisher], logger: .silent))
        let body = Tick(id: UUID().uuidString, stage: .push, trigger: .manual, requestedBy: "bench", issuedAt: Date()).body
        let batch = Array(repeating: OutgoingMessage(exchange: "", routingKey: queue, body: body), count: Self.batch)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await publisher.waitUntilConnected(timeout: .seconds(20))
            for _ in 0..<5 { try await publisher.publish(batch) }
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { senders in
                for _ in 0..<4 {
                    senders.addTask { for _ in 0..<(Self.batches / 4) { try await publisher.publish(batch) } }
                }
                try await senders.waitForAll()
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return Double(Self.batches * Self.batch) / seconds
        }
    }
}
