import FoundationEssentials
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// DSCO and LingXing, simulated strictly from their contracts on one port.
package struct Sandbox: Service {
    package let effects = EffectLedger()
    package let faults: FaultBoard
    package let recorder: RequestRecorder
    package let documents: Documents
    private let configuration: SandboxConfiguration
    private let dsco: DSCOWorld
    private let lingXing: LingXingWorld
    private let clock: SandboxClock
    private let logger: Logger
    private let control: Control
    private let bound: BoundPort

    package init(configuration: SandboxConfiguration, clock: SandboxClock = .system, logger: Logger) {
        let world = FixedWorld(skus: configuration.skus)
        let book = ScenarioBook()
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        faults = FaultBoard(seed: configuration.seed)
        recorder = RequestRecorder(file: configuration.recordFile, isOn: configuration.recordsRequests)
        let bound = BoundPort()
        self.bound = bound
        documents = Documents(world: world, configuration: configuration, clock: clock)
        dsco = DSCOWorld(
            settings: configuration.dsco, seed: configuration.seed, world: world, clock: clock, effects: effects, faults: faults,
            book: book)
        lingXing = LingXingWorld(
            settings: configuration.lingXing, seed: configuration.seed, world: world, clock: clock, effects: effects,
            faults: faults, book: book)
        control = Control(
            dsco: dsco, lingXing: lingXing, faults: faults, effects: effects, recorder: recorder, documents: documents,
            base: { [host = configuration.host] in "http://\(host):\(await bound.value ?? 0)" })
    }

    package func run() async throws {
        if configuration.orders > 0 {
            _ = await dsco.create(OrderRequest(count: configuration.orders, seed: configuration.seed, age: 60))
        }
        let application = Application(
            responder: responder(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "sandbox"),
            onServerRunning: { [bound] channel in await bound.set(channel.localAddress?.port) }, logger: logger)
        do {
            try await application.run()
        } catch {
            await bound.set(nil)
            throw error
        }
    }

    /// The port, once it is bound; nil when it could not be.
    package var port: Int? {
        get async { await bound.value }
    }

    /// Creates orders at DSCO, as `POST /sandbox/orders` does.
    package func createOrders(_ request: OrderRequest) async -> [(po: String, id: String, scenario: Scenario)] {
        await dsco.create(request).map { ($0.po, String($0.id), $0.scenario) }
    }

    /// What `GET /sandbox/orders` shows.
    package func orderReports() async -> [Wire] {
        await control.orders()
    }

    /// What `GET /sandbox/effects` shows; whatever is due happens first.
    package func effectReport() async -> Wire {
        await control.effectReport()
    }

    /// What occurs in the made-up people's names, streets, phones and e-mails and in this sandbox's secrets, and nowhere else.
    package var confidential: [String] {
        Recipient.fragments + [configuration.dsco.clientSecret, configuration.lingXing.appSecret, DSCOWorld.tokenPrefix]
            + LingXingTokens.prefixes
    }

    private func responder() -> SandboxResponder {
        SandboxResponder(
            dsco: DSCOGateway(
                memory: dsco, settings: configuration.dsco, world: documents.world, effects: effects, faults: faults,
                clock: clock,
                limiter: CallRateLimiter()),
            lingXing: LingXingGateway(
                memory: lingXing, settings: configuration.lingXing, world: documents.world, effects: effects, faults: faults,
                clock: clock,
                tokens: LingXingTokens(settings: configuration.lingXing, seed: configuration.seed), capacity: PathCapacity()),
            control: control,
            faults: faults, effects: effects, recorder: recorder)
    }
}

/// Waits for the port that the server gets.
private actor BoundPort {
    private var result: Int??
    private var waiting: [CheckedContinuation<Int?, Never>] = []

    func set(_ port: Int?) {
        guard result == nil else { return }
        result = .some(port)
        for continuation in waiting { continuation.resume(returning: port) }
        waiting = []
    }

    var value: Int? {
        get async {
            if let result { return result }
            return await withCheckedContinuation { waiting.append($0) }
        }
    }
}
