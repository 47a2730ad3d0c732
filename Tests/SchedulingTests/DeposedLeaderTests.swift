import Domain
import Foundation
import InMemoryLogging
import Logging
import Pipeline
import PostgreSQL
import StageRunner
import Store
import TestSupport
import Testing

@testable import Scheduling

@Suite("Who leads no more publishes nothing, at whatever point it learns of it", .timeLimit(.minutes(1)))
struct DeposedLeaderTests {
    /// A scheduler's parts after the session that held its lock is over, while nothing of it has noticed.
    private func deposed(
        _ body: @Sendable @escaping (Station, Scheduler.Dependencies, Leadership, InMemoryLogHandler) async throws -> Void
    ) async throws {
        try await Station.run { station in
            let session = try await station.database.connect()
            let process: Int32 = try await session.query("select pg_backend_pid()")[0].decode(0)
            try await station.database.terminate(processes: [process])
            let log = InMemoryLogHandler()
            let (dependencies, _) = station.dependencies(
                station.database.configuration, logger: Logger(label: "test") { _ in log })
            try await body(station, dependencies, Leadership(session: session), log)
            await session.close()
        }
    }

    @Test("no ticks")
    func ticks() async throws {
        try await deposed { station, dependencies, leadership, log in
            var configuration = RuntimeConfiguration()
            configuration.jobs[.push] = .everySecond()
            let now = Date()
            let fire = try #require(
                Timetable(configuration).due(lastFires: [:], started: now.addingTimeInterval(-5), now: now).first)
            await TickClock(on: dependencies, leadership: leadership).publish(fire, JobFireStore(leadership.session), now)
            #expect(log.entries.map(\.level) == [.warning])
            #expect(try await station.ticks(.push).isEmpty)
        }
    }

    @Test("no replays")
    func replays() async throws {
        try await deposed { station, dependencies, leadership, log in
            let window = Tick.Window(since: Date(timeIntervalSince1970: 0), until: Date(timeIntervalSince1970: 86_400))
            _ = try await ReplayStore(station.pool).create(
                "replay", stage: .pull, filter: .window(window), requestedBy: "ann", reason: nil, now: Date())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Housekeeping(on: dependencies, leadership: leadership).mendReplays() }
                try await station.until("housekeeping has tried") { !log.entries.isEmpty }
                group.cancelAll()
            }
            #expect(try await station.ticks(.pull).isEmpty)
        }
    }
}
