import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// Answers whether the process lives (`/healthz`), whether it can work (`/readyz`), and how it fares (`/metrics`).
package struct HealthServer: Service {
    private let address: ListenAddress
    private let checks: [HealthCheck]
    private let metrics: PrometheusMetricsFactory
    private let checkTimeout: Duration
    private let logger: Logger
    private let onListening: @Sendable (ListenAddress) async -> Void

    /// - Parameters:
    ///   - checkTimeout: how long one check may take; they run at the same time.
    ///   - onListening: called once with the address that is really listened on, its port never 0.
    package init(
        address: ListenAddress,
        checks: [HealthCheck],
        metrics: PrometheusMetricsFactory,
        checkTimeout: Duration = .seconds(2),
        logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
    ) {
        self.address = address
        self.checks = checks
        self.metrics = metrics
        self.checkTimeout = checkTimeout
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until graceful shutdown or cancellation; throws when the address cannot be listened on.
    package func run() async throws {
        let application = Application(
            router: router(),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                await onListening(ListenAddress(host: address.host, port: port))
            },
            logger: logger)
        try await application.run()
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("healthz") { _, _ in
            Self.response(.ok, "text/plain; charset=utf-8", "ok\n")
        }
        router.get("readyz") { _, _ in
            let report = await HealthReport(asking: checks, timeout: checkTimeout)
            return Self.response(
                report.isReady ? .ok : .serviceUnavailable, "application/json", report.json(redaction: Redaction()))
        }
        router.get("metrics") { _, _ in
            let page = metrics.exposition() + (ProcessStatistics.current()?.exposition() ?? "")
            return Self.response(.ok, "text/plain; version=0.0.4; charset=utf-8", page)
        }
        return router
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
