package import Domain
import FoundationEssentials
import Glibc
import Logging
import Metrics
import Observability
import ServiceLifecycle
import UnixSignals

/// One executable of the fleet, from its settings to its end.
package enum ConveyorProcess: Sendable {
    case worker(Stage)
    case scheduler

    package init?(name: String) {
        guard let process = ([.scheduler] + Stage.allCases.map(Self.worker)).first(where: { $0.name == name }) else { return nil }
        self = process
    }

    var name: String {
        switch self {
        case .worker(let stage): "\(stage.rawValue)-worker"
        case .scheduler: "scheduler"
        }
    }

    /// Runs until SIGTERM or SIGINT, then stops taking work, finishes or hands back what is in flight and returns. A wrong setting, a database
    /// that refuses us or is not migrated, a broker that refuses the first login: each ends the process with one line and status 1.
    ///
    /// On the main thread, which is the only one when it begins.
    @MainActor package func main() async {
        MemoryReturn.prepare()
        do throws(any Error) {
            let reader = try await SettingsReader(environment: ProcessInfo.processInfo.environment)
            let settings = try ProcessSettings(reader)
            LogSetup.bootstrap(level: settings.logLevel, format: settings.logFormat)
            let metrics = PrometheusMetricsFactory()
            MetricsSystem.bootstrap(metrics)
            let logger = Logger(label: name)
            let process = try FleetProcess(self, reader, settings, metrics, logger)
            var configuration = ServiceGroupConfiguration(
                services: [process], gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
            configuration.maximumGracefulShutdownDuration = settings.shutdownGrace
            try await ServiceGroup(configuration: configuration).run()
            logger.info("stopped")
        } catch {
            LogOutput.standardError.write("\(name): \(Self.oneLine(error))\n")
            exit(1)
        }
    }

    /// The service group tells of every step of its own; only its warnings matter here.
    static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    private static func oneLine(_ error: any Error) -> String {
        "\(error)".split(separator: "\n").joined(separator: " ")
    }
}
