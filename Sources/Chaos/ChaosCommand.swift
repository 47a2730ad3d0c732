package import ArgumentParser
import FoundationEssentials
import Glibc
import JSON

/// What `ops/chaos` runs when everything is up.
package struct ChaosCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "chaos", abstract: "A fleet between simulated partners, in a storm of faults; ops/chaos starts it.")

    @Option(help: "How long the storm lasts.") var minutes = 5.0
    @Option(help: "The seed of everything that is left to chance.") var seed: UInt64 = 1
    @Option(help: "Orders that come in every minute.") var orders = 90
    @Option(help: "Seconds that the fleet may take to settle afterwards.") var settle = 240.0
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
        let environment = ProcessInfo.processInfo.environment
        func required(_ name: String) throws -> String {
            guard let value = environment[name] else { throw ValidationError("\(name) is not set: start this with ops/chaos") }
            return value
        }
        let surroundings = Surroundings(
            programs: programs, folder: folder, databaseURL: try required("DATABASE_URL"), amqpURL: try required("AMQP_URL"),
            managementURL: try required("CONVEYOR_TEST_RABBITMQ_MANAGEMENT_URL"), serversScript: servers, inherited: environment)
        let result = try await Storm(settings: settings, surroundings: surroundings).run()
        try Data(result.log.utf8).write(to: URL(filePath: "\(folder)/storm.log"))
        Console.print(json ? result.json.text() : result.text)
        if !result.isGood { throw ExitCode.failure }
    }
}

extension StormResult {
    /// Everything that was done, in its order.
    fileprivate var log: String {
        notes.entries.map { "\(($0.at * 100).rounded() / 100) s  \($0.text)\n" }.joined()
    }
}
