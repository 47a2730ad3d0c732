import Logging
import ServiceLifecycle

/// Keeps a connection up: connects, declares the topology, lets it be used, and starts again with a pause whenever it is lost, until
/// graceful shutdown or cancellation.
///
/// Only a login that is refused before any was ever granted ends it: that is a wrong setting, which waiting does not cure. Later the
/// broker's users may be on their way back.
struct ConnectionSupervisor: Sendable {
    let configuration: RabbitMQConfiguration
    let topology: RabbitMQTopology
    let reconnect: ReconnectPolicy
    let slot: ConnectionSlot
    private let logger: Logger

    init(configuration: RabbitMQConfiguration, topology: RabbitMQTopology, reconnect: ReconnectPolicy, logger: Logger) {
        self.configuration = configuration
        self.topology = topology
        self.reconnect = reconnect
        slot = ConnectionSlot()
        var logger = logger
        logger[metadataKey: "broker"] = "\(configuration.address)"
        logger[metadataKey: "connection"] = "\(configuration.connectionName)"
        self.logger = logger
    }

    /// - Parameters:
    ///   - prepare: makes a fresh connection ready for its use.
    ///   - serve: uses it until it is lost or no longer needed.
    /// - Throws: `authenticationFailed`, when the first login of all is refused.
    func run<Prepared: Sendable>(
        prepare: (AMQPConnection) async throws(RabbitMQError) -> Prepared,
        serve: (AMQPConnection, Prepared) async -> Void
    ) async throws(RabbitMQError) {
        var failures = 0
        var wasLetIn = false
        var trouble: RabbitMQError.Code?
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let connection = AMQPConnection(configuration)
            do {
                try await connection.open()
                wasLetIn = true
                try await connection.declare(topology)
                let prepared = try await prepare(connection)
                logUp(after: trouble)
                (failures, trouble) = (0, nil)
                slot.fill(connection)
                await serveWatched(connection, prepared, serve)
                trouble = await connection.failure?.code
            } catch {
                if !wasLetIn, error.isRefusedUser {
                    slot.shutDown(error)
                    throw error
                }
                slot.empty(error)
                logFailure(error, after: trouble, failures: failures)
                trouble = error.code
            }
            await connection.close()
            failures += 1
            await pause(reconnect.delay(failures))
        }
        slot.shutDown()
    }

    /// Makes a loss known at once, though whoever uses the connection may take its time to notice.
    private func serveWatched<Prepared: Sendable>(
        _ connection: AMQPConnection, _ prepared: Prepared, _ serve: (AMQPConnection, Prepared) async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in connection.closed {}
                // Asked for even if the user noticed first and this task was cancelled: the log tells of every loss.
                guard let failure = await connection.failure else { return }
                slot.empty(failure)
                logger.warning("connection to RabbitMQ lost; reconnecting", metadata: ["reason": "\(failure)"])
            }
            await serve(connection, prepared)
            group.cancelAll()
        }
        slot.empty(nil)
    }

    private func pause(_ duration: Duration) async {
        guard !Task.isShuttingDownGracefully else { return }
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    private func logUp(after trouble: RabbitMQError.Code?) {
        if trouble == nil {
            logger.info("connected to RabbitMQ")
        } else {
            logger.notice("connection to RabbitMQ restored")
        }
    }

    /// A storm of retries is one line in the log, unless what stands in the way has become something that a person must put right, and a
    /// reminder now and then.
    private func logFailure(_ error: RabbitMQError, after trouble: RabbitMQError.Code?, failures: Int) {
        let metadata: Logger.Metadata = ["reason": "\(error)"]
        switch error.code {
        case .authenticationFailed where trouble != error.code:
            logger.error("RabbitMQ refuses the login; retrying", metadata: metadata)
        case .channelClosed where trouble != error.code:
            logger.error("RabbitMQ refuses the topology; retrying", metadata: metadata)
        case _ where trouble == nil:
            logger.warning("RabbitMQ does not answer; retrying", metadata: metadata)
        case _ where failures > 0 && failures % Self.failuresBetweenReminders == 0:
            logger.warning("RabbitMQ still does not serve us; retrying", metadata: metadata)
        default:
            logger.debug("RabbitMQ still does not serve us; retrying", metadata: metadata)
        }
    }

    /// About half a minute with the pauses of `ReconnectPolicy.exponential`.
    private static var failuresBetweenReminders: Int { 20 }
}
