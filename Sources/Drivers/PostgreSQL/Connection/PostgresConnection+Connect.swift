import CPostgres
import Dispatch
package import Logging
import SocketWatch

/// The one wait of a connection being opened.
struct ConnectWait {
    enum Outcome { case ready, timedOut, cancelled, noDescriptor }

    let watch: SocketWatch
    let continuation: CheckedContinuation<Outcome, Never>
}

extension PostgresConnection {
    /// Opens a session.
    ///
    /// - Throws: `.connectionFailed`, `.authenticationFailed`, `.databaseMissing`, or `.cancelled`.
    package static func connect(
        _ configuration: PostgresConfiguration, logger: Logger
    ) async throws(PostgresError) -> PostgresConnection {
        let connection = PostgresConnection(configuration: configuration, logger: logger)
        do throws(PostgresError) {
            try await connection.open()
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    private func open() async throws(PostgresError) {
        guard let session = await LibpqSession.start(configuration.connectionKeywords) else {
            throw PostgresError(.connectionFailed, "There is no memory for a database session.")
        }
        deadlineTimer = QueueTimer(on: queue) { [weak self] in self?.assumeIsolated { $0.deadlinePassed() } }
        let deadline = DispatchTime.now() + configuration.connectTimeout.dispatchInterval
        setTimer(for: deadline)
        var step = PQstatus(session.pointer) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step == PGRES_POLLING_READING || step == PGRES_POLLING_WRITING else {
                let needsPassword = PQconnectionNeedsPassword(session.pointer) == 1
                throw .connecting(to: configuration, words: session.words, needsPassword: needsPassword)
            }
            let readiness: SocketWatch.Readiness = step == PGRES_POLLING_READING ? .readable : .writable
            switch await wait(until: readiness, of: PQsocket(session.pointer), deadline: deadline) {
            case .ready: step = PQconnectPoll(session.pointer)
            case .cancelled: throw .cancelled
            case .noDescriptor: throw .noDescriptor
            case .timedOut:
                let words = "The database at \(configuration) did not answer within \(configuration.connectTimeout)."
                throw PostgresError(.connectionFailed, words)
            }
        }
        PQsetnonblocking(session.pointer, 1)
        readWatch = SocketWatch(.readable, of: PQsocket(session.pointer), on: queue) { [weak self] in
            self?.assumeIsolated { $0.socketIsReadable() }
        }
        guard readWatch != nil else { throw .noDescriptor }
        self.session = session
    }

    private func wait(
        until readiness: SocketWatch.Readiness, of socket: Int32, deadline: DispatchTime
    ) async -> ConnectWait.Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume(returning: .cancelled) }
                if DispatchTime.now() >= deadline { return continuation.resume(returning: .timedOut) }
                let watch = SocketWatch(readiness, of: socket, on: queue) { [weak self] in
                    self?.assumeIsolated { $0.finishConnectWait(.ready) }
                }
                guard let watch else { return continuation.resume(returning: .noDescriptor) }
                connectWait = ConnectWait(watch: watch, continuation: continuation)
            }
        } onCancel: {
            enter { $0.finishConnectWait(.cancelled) }
        }
    }

    func finishConnectWait(_ outcome: ConnectWait.Outcome) {
        guard let wait = connectWait else { return }
        connectWait = nil
        wait.continuation.resume(returning: outcome)
    }
}

extension PostgresError {
    fileprivate static let noDescriptor = PostgresError(.connectionFailed, "This process has no file descriptor left.")
}
