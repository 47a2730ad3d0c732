import ArgumentParser
import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals

@main
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "DSCO and LingXing, simulated strictly from their contracts, on one port.")

    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port; 0 takes a free one.") var port = 8090
    @Option(help: "The seed of everything that is left to chance.") var seed: UInt64 = 1
    @Option(help: "Orders that exist at the start.") var orders = 0
    @Option(help: "SKUs of the fixed world.") var skus = 40
    @Option(help: "Seconds until a change log shows an outcome.") var logDelay = 0.3
    @Option(help: "Seconds that reads lag behind writes, at both partners.") var readDelay = 0.1
    @Option(help: "Seconds that `until` must lie in the past.") var minimumAge = 5.0
    @Option(help: "Seconds until the retailer of a cancelled_soon order cancels.") var cancelDelay = 2.0
    @Option(help: "Seconds until a received order is released.") var releaseDelay = 10.0
    @Option(help: "Seconds until LingXing's staff review an order, on average.") var reviewDelay = 0.5
    @Option(help: "Seconds from the review to the goods' leaving, on average.") var shipDelay = 1.0
    @Option(help: "Seconds that a LingXing call takes at least.") var latency = 0.01
    @Option(help: "Life of DSCO's tokens in seconds.") var dscoTokenLife = 3600.0
    @Option(help: "Life of LingXing's access token in seconds.") var lingxingTokenLife = 7199.0
    @Flag(help: "Enforce DSCO's rate limits.") var rateLimits = false
    @Flag(inversion: .prefixedNo, help: "Enforce LingXing's capacity per path.") var capacity = true
    @Option(help: "Shortest time between the starts of two LingXing calls on one path.") var minimumGap = 0.0
    @Option(help: "Seconds that a LingXing call which was cut still takes its path's capacity.") var abortedCallHold = 0.0
    @Option(help: "Append every DSCO write request to this file, as JSON Lines.") var record: String?

    func run() async throws {
        var settings = SandboxConfiguration()
        settings.host = host
        settings.port = port
        settings.seed = seed
        settings.orders = orders
        settings.skus = skus
        settings.recordFile = record
        settings.dsco.logDelay = logDelay
        settings.dsco.readDelay = readDelay
        settings.dsco.minimumAge = minimumAge
        settings.dsco.cancelDelay = cancelDelay
        settings.dsco.releaseDelay = releaseDelay
        settings.dsco.tokenLife = dscoTokenLife
        settings.dsco.rateLimits = rateLimits
        settings.lingXing.readDelay = readDelay
        settings.lingXing.reviewDelay = reviewDelay
        settings.lingXing.shipDelay = shipDelay
        settings.lingXing.latency = latency
        settings.lingXing.tokenLife = lingxingTokenLife
        settings.lingXing.capacity = capacity
        settings.lingXing.minimumGap = minimumGap
        settings.lingXing.abortedCallHold = abortedCallHold
        var logger = Logger(label: "sandbox")
        logger.logLevel = .notice
        let sandbox = Sandbox(configuration: settings, logger: logger)
        let group = ServiceGroup(
            configuration: .init(services: [sandbox], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}
