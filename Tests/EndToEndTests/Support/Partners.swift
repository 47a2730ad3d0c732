import AsyncHTTPClient
import JSON
import Logging
import NIOCore
import NIOHTTP1
import Sandbox
import ServiceLifecycle
import Testing

/// Simulated DSCO and LingXing on a port of their own.
struct Partners: Sendable {
    let sandbox: Sandbox
    private let base: String

    /// What points the processes at them. Whoever simulates LingXing counts its capacity and asks for no pause between calls.
    var environment: [String: String] {
        let variables = sandbox.documents.environment(base: base).map { ($0.name, $0.value) }
        return Dictionary(variables) { $1 }.merging(["LINGXING_MIN_GAP_SECONDS": "0"]) { $1 }
    }

    /// Runs them while the body does.
    static func with<Result: Sendable>(
        _ configuration: SandboxConfiguration, _ body: (Partners) async throws -> Result
    ) async throws -> Result {
        let quiet = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
        let sandbox = Sandbox(configuration: configuration, logger: quiet)
        let group = ServiceGroup(configuration: .init(services: [sandbox], logger: quiet))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let port = try #require(await sandbox.port)
                let result = try await body(Partners(sandbox: sandbox, base: "http://127.0.0.1:\(port)"))
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    /// Orders that were created a minute ago, so that DSCO lists them at once.
    func create(_ requests: [OrderRequest]) async {
        for var request in requests {
            request.age = 60
            _ = await sandbox.createOrders(request)
        }
    }

    /// Makes something happen at the partners by their control API, e.g. `order/ID/cancel`; false when it knows no such order.
    func act(_ path: String) async throws -> Bool {
        var request = HTTPClientRequest(url: "\(base)/sandbox/\(path)")
        request.method = .POST
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30)).status == .ok
    }

    /// How many calls of a path there were, e.g. `/dsco/order/acknowledge`.
    func calls(_ path: String) -> Int { sandbox.effects.counts.calls[path] ?? 0 }

    func orders() async throws -> [JSON] { try await sandbox.orderReports().map { try JSON.parse($0.bytes) } }

    func effects() async throws -> JSON { try JSON.parse(await sandbox.effectReport().bytes) }
}

extension OrderRequest {
    /// Every scenario once, and a realistic day around them.
    static func everything(_ count: Int, seed: UInt64) -> [OrderRequest] {
        let each = OrderRequest.each(Scenario.allCases, seed: seed)
        return each + [OrderRequest(count: count - each.reduce(0) { $0 + $1.count }, seed: seed)]
    }

    /// What reaches its end without waiting for DSCO's ten seconds to list a later change.
    static func prompt(_ count: Int, seed: UInt64) -> [OrderRequest] {
        let mix: [(scenario: Scenario, share: Double)] = [
            (.twoLines, 0.2), (.bundle, 0.05), (.duplicateSKU, 0.05), (.unicode, 0.05), (.partnerSKUAbsent, 0.05),
            (.currencyAbsent, 0.05),
            (.noWarehouse, 0.05), (.twoOutbounds, 0.05), (.unmappedRetailer, 0.05), (.cancelledAlready, 0.05),
            (.missingPrice, 0.05),
        ]
        return [OrderRequest(count: count, seed: seed, mix: mix)]
    }
}
