import AsyncHTTPClient
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

@testable import Observability

@Suite("The health server")
struct HealthServerTests {
    private let metrics = PrometheusMetricsFactory()

    private struct Answer: Equatable {
        let status: UInt
        let type: String?
        let body: String
    }

    /// Serves `checks` on a free port, fetches `path`, and shuts down gracefully.
    private func get(_ path: String, checks: [HealthCheck] = [], timeout: Duration = .seconds(2)) async throws -> Answer {
        let (addresses, listening) = AsyncStream.makeStream(of: ListenAddress.self)
        let server = HealthServer(
            address: ListenAddress(host: "127.0.0.1", port: 0), checks: checks, metrics: metrics, checkTimeout: timeout,
            logger: quiet, onListening: { listening.yield($0) })
        let group = ServiceGroup(services: [server], logger: quiet)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let address = try #require(await addresses.first { _ in true })
            #expect(address.port > 0)
            let response = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: "http://\(address)\(path)"), timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 20)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return Answer(
                status: response.status.code, type: response.headers.first(name: "content-type"), body: String(buffer: body))
        }
    }

    private var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    @Test("says that the process lives, whatever the checks say")
    func healthy() async throws {
        let answer = try await get("/healthz", checks: [HealthCheck(name: "broker") { .failing(reason: "connecting") }])
        #expect(answer == Answer(status: 200, type: "text/plain; charset=utf-8", body: "ok\n"))
    }

    @Test("is ready when every check is fine")
    func ready() async throws {
        let answer = try await get(
            "/readyz", checks: [HealthCheck(name: "broker") { .ok }, HealthCheck(name: "database") { .ok }])
        let body = #"{"ready":true,"checks":[{"name":"broker","ok":true},{"name":"database","ok":true}]}"# + "\n"
        #expect(answer == Answer(status: 200, type: "application/json", body: body))
    }

    @Test("is not ready when one check fails, and says which and why")
    func notReady() async throws {
        let answer = try await get(
            "/readyz",
            checks: [
                HealthCheck(name: "broker") { .ok },
                HealthCheck(name: "database") { .failing(reason: "refused by postgres://me:secret@db/x") },
            ])
        let body =
            #"{"ready":false,"checks":[{"name":"broker","ok":true},"#
            + #"{"name":"database","ok":false,"reason":"refused by postgres://***@db/x"}]}"# + "\n"
        #expect(answer == Answer(status: 503, type: "application/json", body: body))
    }

    @Test("does not wait for a check that hangs")
    func hanging() async throws {
        let answer = try await get(
            "/readyz",
            checks: [
                HealthCheck(name: "broker") {
                    try? await Task.sleep(for: .seconds(3600))
                    return .ok
                }
            ],
            timeout: .milliseconds(20))
        #expect(answer.status == 503)
        #expect(answer.body.contains(#""reason":"no answer within 0.02 seconds""#))
    }

    @Test("shows the metrics of the program and of the process")
    func metricsPage() async throws {
        Metrics.Counter(label: "orders", dimensions: [], factory: metrics).increment(by: 3)
        let answer = try await get("/metrics")
        #expect(answer.status == 200)
        #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.body.contains("\norders_total 3\n"))
        #expect(answer.body.contains("\nprocess_resident_memory_bytes "))
    }

    @Test("knows no other path")
    func unknown() async throws {
        #expect(try await get("/secrets").status == 404)
    }

    @Test("ends with an error when its port is taken")
    func portTaken() async throws {
        let (addresses, listening) = AsyncStream.makeStream(of: ListenAddress.self)
        let first = HealthServer(
            address: ListenAddress(host: "127.0.0.1", port: 0), checks: [], metrics: metrics, logger: quiet,
            onListening: { listening.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await first.run() }
            let taken = try #require(await addresses.first { _ in true })
            let second = HealthServer(address: taken, checks: [], metrics: metrics, logger: quiet)
            await #expect(throws: (any Error).self) { try await second.run() }
            tasks.cancelAll()
        }
    }
}
