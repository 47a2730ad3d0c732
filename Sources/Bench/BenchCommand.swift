package import ArgumentParser
import FoundationEssentials
import JSON
import Rehearsal

/// What `ops/bench` runs when everything is up.
package struct BenchCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures a fleet between simulated partners; ops/bench starts it.")

    @Option(help: "Only this part; may be given more than once.") var only: [Part] = []
    @Flag(help: "Also what takes long: five million rows, a hundred thousand orders, the soak.") var full = false
    @Option(help: "Orders that ride from pull to invoiced.") var orders = 20_000
    @Option(help: "How long the soak lasts.") var soakMinutes = 60.0
    @Option(help: "How the executables were built.") var built = "release"
    @Flag(help: "Print the figures as JSON.") var json = false
    @Option(help: "The folder for logs.") var folder: String
    @Option(help: "The folder of the executables.") var programs: String
    @Option(help: "The script that starts the servers.") var servers: String

    package init() {}

    package func run() async throws {
        var settings = BenchSettings()
        settings.parts = Set(only)
        settings.isFull = full
        settings.orders = orders
        settings.soakMinutes = soakMinutes
        let venue = try await Venue(
            Surroundings(
                programs: programs, folder: folder, script: servers, environment: ProcessInfo.processInfo.environment))
        let circumstances = Circumstances.now(built: built)
        let figures = await Bench(settings: settings, venue: venue).run()
        Console.print(json ? figures.json(circumstances).text() : figures.text(circumstances))
        if !figures.areMet { throw ExitCode.failure }
    }
}

extension Part: ExpressibleByArgument {}
