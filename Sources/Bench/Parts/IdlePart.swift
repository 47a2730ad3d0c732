import Domain
import FoundationEssentials
import Rehearsal

/// Processes before their first work: how soon they are ready, what they hold, what they burn.
struct IdlePart: Sendable {
    let venue: Venue

    private static let rounds = 5
    private static let seconds = 20.0
    private static let names: [ProcessName] = Stage.allCases.map { .worker($0, 1) } + [.scheduler(1)]

    func figures() async throws -> [Figure] {
        var rig = RigSettings.withoutLimits()
        rig.configure = { $0.only(Stage.allCases, cron: RuntimeConfiguration.never) }
        let starts = try await Rig.with("starts", rig, venue) { rig in
            var starts: [(name: ProcessName, milliseconds: Samples)] = []
            for name in Self.names { starts.append((name, try await start(name, rig))) }
            return starts
        }
        rig.fleet = Self.names
        let (before, after) = try await Rig.with("idle", rig, venue) { rig in
            try await Task.sleep(for: .seconds(5))
            let before = rig.use
            try await Task.sleep(for: .seconds(Self.seconds))
            return (before, rig.use)
        }
        let slowest = starts.max { $0.milliseconds.median < $1.milliseconds.median }
        let workers = after.filter { $0.key.program != ProcessName.scheduler(1).program }
        let memory = workers.map { ($0.key, Double($0.value.privateBytes) / 1_000_000) }.max { $0.1 < $1.1 }
        let idle = after.map { ($0.key, ($0.value.cpu - (before[$0.key]?.cpu ?? 0)) / Self.seconds * 100) }.max { $0.1 < $1.1 }
        return [
            Figure(
                .idle, "ready after start", slowest?.milliseconds.median ?? .infinity, "ms", goal: .atMost(300),
                note: "median of \(Self.rounds), the slowest: \(slowest.map { "\($0.name)" } ?? "none")"),
            Figure(
                .idle, "private memory of an idle worker", memory?.1 ?? .infinity, "MB", goal: .below(12),
                note: "the largest: \(memory.map { "\($0.0)" } ?? "none")"),
            Figure(
                .idle, "idle CPU", idle?.1 ?? .infinity, "%", goal: .below(0.3),
                note: "the busiest: \(idle.map { "\($0.0)" } ?? "none")"),
        ]
    }

    /// Milliseconds from the start of the process until it says that it is ready.
    private func start(_ name: ProcessName, _ rig: Rig) async throws -> Samples {
        var milliseconds: [Double] = []
        for _ in 0..<Self.rounds {
            let door = try Door.free()
            var environment = rig.environment
            environment["HTTP_LISTEN"] = "127.0.0.1:\(door.port)"
            let start = ContinuousClock.now
            let child = try ChildProcess(
                "\(venue.surroundings.programs)/\(name.program)", environment: environment,
                log: "\(venue.surroundings.logs)/starts.log")
            let isReady = await door.opens(within: .seconds(10))
            milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
            child.send(15)
            let exit = await child.exit()
            guard isReady, exit == .status(0) else { throw RehearsalError("\(name) was not ready in 10 s (\(exit))") }
        }
        return Samples(milliseconds)
    }
}
