import Domain
import FoundationEssentials
import Logging
import PostgreSQL
import Sandbox
import ServiceLifecycle
import Store

/// A fleet in trouble: what is built up, what happens to it, and what comes of it.
struct Storm: Sendable {
    let settings: StormSettings
    let surroundings: Surroundings

    private static let silent = Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }

    func run() async throws -> StormResult {
        let sandbox = Sandbox(configuration: partners(), logger: Self.silent)
        let partners = ServiceGroup(configuration: .init(services: [sandbox], logger: Self.silent))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await partners.run() }
            guard let port = await sandbox.port else { throw StormError("the simulated partners could not be started") }
            let result = try await brave(sandbox, port: port)
            await partners.triggerGracefulShutdown()
            try await group.waitForAll()
            return result
        }
    }

    private func brave(_ sandbox: Sandbox, port: Int) async throws -> StormResult {
        let network = try await Network.open(surroundings, sandboxPort: port)
        let environment = try environment(sandbox, network)
        let pool = PostgresPool(
            configuration: try PostgresConfiguration(url: surroundings.databaseURL, applicationName: "chaos"), size: 4,
            logger: Self.silent)
        let configuration = ConfigurationDesk(try ConfigurationDesk.base(sandbox.documents), pool)
        try await configuration.putInForce()
        let fleet = Fleet(programs: surroundings.programs, environment: environment, logs: surroundings.logs)
        let diary = Diary()
        let broker = try Broker(url: surroundings.managementURL, vhost: surroundings.vhost)
        let strikes = Strikes(
            fleet: fleet,
            servers: PrivateServers(
                script: surroundings.serversScript, environment: surroundings.inherited, log: "\(surroundings.logs)/servers.log"),
            links: network.links, broker: broker, board: sandbox.faults, configuration: configuration,
            people: OperatorDesk(
                conveyor: "\(surroundings.programs)/conveyor", environment: try environmentOfPeople(environment),
                log: "\(surroundings.logs)/conveyor.log"),
            pool: pool, diary: diary, replayable: Replayable())
        let room = EvidenceRoom(sandbox: sandbox, pool: pool, broker: broker, fleet: fleet, diary: diary)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fleet.run() }
            do {
                let course = Course(
                    settings: settings, sandbox: sandbox, network: network, strikes: strikes, room: room, pool: pool)
                let result = try await course.run()
                await fleet.stop()
                try await group.waitForAll()
                await network.close()
                return result.with(ends: fleet.ends)
            } catch {
                await fleet.stop()
                throw error
            }
        }
    }

    private func partners() -> SandboxConfiguration {
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
    private func environmentOfPeople(_ fleet: [String: String]) throws -> [String: String] {
        var environment = fleet
        environment["DATABASE_URL"] = surroundings.databaseURL
        environment["AMQP_URL"] = surroundings.amqpURL
        environment["CONVEYOR_OPERATOR"] = "chaos"
        return environment
    }
}
