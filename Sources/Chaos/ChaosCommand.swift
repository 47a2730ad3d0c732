package import ArgumentParser
import FoundationEssentials
import Glibc
import JSON
import Rehearsal

/// What `ops/chaos` runs when everything is up.
package struct ChaosCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "chaos", abstract: "A fleet between simulated partners, in a storm of faults; ops/chaos starts it.")

    @Option(help: "How long the storm lasts.") var minutes = 5.0
    @Option(help: "The seed of everything that is left to chance.") var seed: UInt64 = 1
    @Option(help: "Orders that come in every minute.") var orders = 90
    @Option(help: "Seconds that the fleet may take to settle afterwards.") var settle = 240.0
    @Option(help: "Instead of a storm, measure so many recoveries of each kind.") var recovery = 0
    @Option(help: "Only faults of this kind, as the table names it; may be given more than once.") var only: [String] = []
    @Flag(help: "Print the result as JSON.") var json = false
    @Option(help: "The folder for logs and records.") var folder: String
    @Option(help: "The folder of the executables.") var programs: String
    @Option(help: "The script that stops and starts the servers.") var servers: String

    package init() {}

    package func run() async throws {
        var settings = StormSettings()
        settings.minutes = minutes
        settings.seed = seed
        settings.ordersPerMinute = orders
        settings.settleWithin = settle
        settings.kinds = Set(
            try only.map { name in
                guard let kind = FaultKind(rawValue: name) else { throw ValidationError("there is no fault \(name)") }
                return kind
            })
        let surroundings = try Surroundings(
            programs: programs, folder: folder, script: servers, environment: ProcessInfo.processInfo.environment)
        if recovery > 0 { return try await measure(settings, surroundings) }
        let (storm, ends) = try await Scene.with(settings, surroundings) { try await Course(scene: $0).run() }
        let result = storm.with(ends: ends)
        try Data(result.log.utf8).write(to: URL(filePath: "\(folder)/storm.log"))
        Console.print(json ? result.json.text() : result.text)
        if !result.isGood { throw ExitCode.failure }
    }

    private func measure(_ settings: StormSettings, _ surroundings: Surroundings) async throws {
        let (times, _) = try await Scene.with(settings, surroundings) { try await Recovery(scene: $0, rounds: recovery).run() }
        Console.print(json ? times.json.text() : times.text)
        if !times.allSatisfy(\.meetsGoal) { throw ExitCode.failure }
    }
}

extension StormResult {
    /// Everything that was done, in its order.
    fileprivate var log: String {
        notes.entries.map { "\(($0.at * 100).rounded() / 100) s  \($0.text)\n" }.joined()
    }
}
