import Domain
import FoundationEssentials
import Logging
import PostgreSQL
import Rehearsal
import Sandbox
import ServiceLifecycle
import Store

/// A fleet between simulated partners, every way of it through a link: where storms rage and recoveries are measured.
struct Scene: Sendable {
    let settings: StormSettings
    let sandbox: Sandbox
    let network: Network
    let fleet: Fleet
    let strikes: Strikes
    let room: EvidenceRoom
    let disclosures: Disclosures
    let pool: PostgresPool
    let diary: Diary
}

extension Scene {
    /// Builds everything up, runs the body, and ends every process.
    ///
    /// - Returns: what the body returns, and how the processes ended.
    static func with<Result: Sendable>(
        _ settings: StormSettings, _ surroundings: Surroundings, _ body: (Scene) async throws -> Result
    ) async throws -> (result: Result, ends: [Member.End]) {
        let builder = SceneBuilder(settings: settings, surroundings: surroundings)
        let sandbox = Sandbox(configuration: builder.partners(), logger: .silent)
        let partners = ServiceGroup(configuration: .init(services: [sandbox], logger: .silent))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await partners.run() }
            guard let port = await sandbox.port else { throw RehearsalError("the simulated partners could not be started") }
            let scene = try await builder.build(sandbox, port: port)
            group.addTask { try await scene.fleet.run() }
            do {
                let result = try await body(scene)
                await scene.fleet.stop()
                await scene.network.close()
                await partners.triggerGracefulShutdown()
                try await group.waitForAll()
                return (result, scene.fleet.ends)
            } catch {
                await scene.fleet.stop()
                await partners.triggerGracefulShutdown()
                throw error
            }
        }
    }
}

private struct SceneBuilder {
    /// Two of each.
    private static let names: [ProcessName] = (1...2).flatMap { number in
        [.scheduler(number)] + Stage.allCases.map { .worker($0, number) }
    }

    let settings: StormSettings
    let surroundings: Surroundings

    func build(_ sandbox: Sandbox, port: Int) async throws -> Scene {
        let network = try await Network.open(surroundings, sandboxPort: port)
        let environment = try environment(sandbox, network)
        let pool = PostgresPool(
            configuration: try PostgresConfiguration(url: surroundings.databaseURL, applicationName: "chaos"), size: 4,
            logger: .silent)
        let configuration = ConfigurationDesk(try ConfigurationDesk.base(sandbox.documents), pool)
        try await configuration.putInForce()
        let fleet = Fleet(Self.names, programs: surroundings.programs, environment: environment, logs: surroundings.logs)
        let diary = Diary()
        let broker = try Broker(url: surroundings.managementURL, vhost: surroundings.vhost)
        let servers = PrivateServers(
            script: surroundings.serversScript, environment: surroundings.inherited, log: "\(surroundings.logs)/servers.log")
        let people = OperatorDesk(
            conveyor: "\(surroundings.programs)/conveyor", environment: environmentOfPeople(environment),
            log: "\(surroundings.logs)/conveyor.log")
        return Scene(
            settings: settings, sandbox: sandbox, network: network, fleet: fleet,
            strikes: Strikes(
                fleet: fleet, servers: servers, links: network.links, broker: broker, board: sandbox.faults,
                configuration: configuration, people: people, pool: pool, diary: diary, replayable: Replayable()),
            room: EvidenceRoom(sandbox: sandbox, pool: pool, broker: broker, fleet: fleet, diary: diary),
            disclosures: Disclosures(of: sandbox.confidential, logs: surroundings.logs, pool), pool: pool, diary: diary)
    }

    func partners() -> SandboxConfiguration {
        var partners = SandboxConfiguration()
        partners.seed = settings.seed
        partners.recordFile = "\(surroundings.folder)/dsco-requests.jsonl"
        partners.dsco.releaseDelay = 3
        return partners
    }

    /// What the fleet's processes are started with: every way leads through a proxy, and doubt is resolved within seconds.
    private func environment(_ sandbox: Sandbox, _ network: Network) throws -> [String: String] {
        var environment = surroundings.inherited
        for (name, value) in sandbox.documents.environment(base: "") { environment[name] = value }
        environment["DSCO_BASE_URL"] = "http://127.0.0.1:\(network.ports[.dsco] ?? 0)/dsco/api/v3"
        environment["LINGXING_BASE_URL"] = "http://127.0.0.1:\(network.ports[.lingxing] ?? 0)/lingxing"
        environment["DATABASE_URL"] = try surroundings.url(surroundings.databaseURL, through: network.ports[.postgres] ?? 0)
        environment["AMQP_URL"] = try surroundings.url(surroundings.amqpURL, through: network.ports[.rabbitmq] ?? 0)
        for partner in ["DSCO", "LINGXING"] {
            environment["\(partner)_TIMEOUT_SECONDS"] = "2"
            environment["\(partner)_SETTLING_SECONDS"] = "5"
        }
        // Whoever simulates LingXing counts its capacity and asks for no pause between calls.
        environment["LINGXING_MIN_GAP_SECONDS"] = "0"
        environment["LOG_FORMAT"] = "json"
        return environment
    }

    /// The operator's command line goes straight to the servers.
    private func environmentOfPeople(_ fleet: [String: String]) -> [String: String] {
        var environment = fleet
        environment["DATABASE_URL"] = surroundings.databaseURL
        environment["AMQP_URL"] = surroundings.amqpURL
        environment["CONVEYOR_OPERATOR"] = "chaos"
        return environment
    }
}
