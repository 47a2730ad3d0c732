package import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

/// A fixed number of sessions, lent to one user at a time, first come, first served.
///
/// Sessions are opened when first needed, and one that broke is replaced. A session comes back clean or not at all: one left in a
/// transaction is closed, one with settings, locks or listeners of its own is reset first.
package final class PostgresPool: Service, Sendable {
    package let configuration: PostgresConfiguration
    private let logger: Logger
    private let waitLimit: Duration
    private let idleLimit: Duration?
    private let trusted: Duration
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double
    /// A pass is the right to use one session, and the session if it is open already.
    private let passes: Turnstile<PostgresConnection?>
    private let lastFailure = NIOLockedValueBox<PostgresError?>(nil)

    /// - Parameters:
    ///   - size: the most sessions at once.
    ///   - waitLimit: the longest wait for one of them.
    ///   - idleLimit: a session that nobody used for so long is closed.
    ///   - trusted: how long after its last answer a session is lent without asking whether the server is still there.
    ///   - random: from 0 to 1, spreads the attempts to connect.
    package init(
        configuration: PostgresConfiguration, size: Int = 4, waitLimit: Duration = .seconds(10), idleLimit: Duration? = nil,
        trusted: Duration = .seconds(2), logger: Logger, clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.waitLimit = waitLimit
        self.idleLimit = idleLimit
        self.trusted = trusted
        self.clock = clock
        self.random = random
        passes = Turnstile(Array(repeating: nil, count: max(1, size)))
    }

    /// Waits for the server at the start, holding back those who need a session until it answers, and keeps the pool until graceful
    /// shutdown.
    ///
    /// - Throws: `.authenticationFailed`, `.databaseMissing`: waiting would not help.
    package func run() async throws {
        defer { shutDown() }
        do {
            try await cancelWhenGracefulShutdown { try await self.waitForServer() }
            try await gracefulShutdown()
        } catch is CancellationError {
            return
        } catch let error as PostgresError where error.code == .cancelled {
            return
        }
    }

    /// Lends a session to the body.
    ///
    /// - Throws: what the body throws; `.timedOut` when no session became free in time; `.poolClosed`; the failure to connect.
    @discardableResult
    package func withConnection<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        let connection = try await borrow()
        let result: Result<T, any Error>
        do { result = .success(try await body(connection)) } catch { result = .failure(error) }
        await giveBack(connection)
        return try result.get()
    }

    /// Lends a session to the body, in a transaction: see ``PostgresConnection/transaction(_:)``.
    @discardableResult
    package func withTransaction<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        try await withConnection { try await $0.transaction(body) }
    }

    /// - Parameter shielded: goes on although the task is cancelled, for what must be done in any case.
    @discardableResult
    package func query(_ query: PostgresQuery, shielded: Bool = false) async throws(PostgresError) -> PostgresRows {
        let connection = try await borrow(shielded: shielded)
        let result: Result<PostgresRows, PostgresError>
        do throws(PostgresError) {
            result = .success(try await connection.query(query, shielded: shielded))
        } catch {
            result = .failure(error)
        }
        await giveBack(connection)
        return try result.get()
    }

    private func borrow(shielded: Bool = false) async throws(PostgresError) -> PostgresConnection {
        let pass = try await passes.take(shielded: shielded, within: waitLimit, words: self.waitWords)
        if let connection = pass, await connection.isAlive(trusted: trusted) { return connection }
        do throws(PostgresError) {
            return try await connect()
        } catch {
            passes.give(nil, spare: true)
            throw error
        }
    }

    private func connect() async throws(PostgresError) -> PostgresConnection {
        do throws(PostgresError) {
            let connection = try await PostgresConnection.connect(configuration, logger: logger)
            lastFailure.withLockedValue { $0 = nil }
            return connection
        } catch {
            lastFailure.withLockedValue { $0 = error }
            throw error
        }
    }

    private func giveBack(_ connection: PostgresConnection) async {
        guard await connection.reset() else {
            await connection.close()
            passes.give(nil, spare: true)
            return
        }
        if let idleLimit { await connection.close(afterIdle: idleLimit) }
        if passes.give(connection) != nil { await connection.close() }
    }

    private var waitWords: String {
        let cause = lastFailure.withLockedValue { $0 }.map { " The last attempt to connect failed: \($0)" }
        return "No database session became free within \(waitLimit).\(cause ?? "")"
    }
}

extension PostgresPool {
    /// Opens the first session. It takes every free pass meanwhile, so that others wait in line rather than fail one by one.
    private func waitForServer() async throws {
        var held: [PostgresConnection?] = []
        while let pass = passes.takeAtOnce() { held.append(pass) }
        defer { for pass in held { passes.give(pass, spare: pass == nil) } }
        guard !held.isEmpty, held.allSatisfy({ $0 == nil }) else { return }
        var backoff = Backoff(random: random)
        while true {
            do throws(PostgresError) {
                held[0] = try await connect()
                return logger.info("connected to the database", metadata: ["database": "\(configuration)"])
            } catch {
                guard error.code == .connectionFailed else { throw error }
                let pause = backoff.next()
                logger.warning("waiting for the database", metadata: ["reason": "\(error)", "next attempt in": "\(pause)"])
                try await clock.sleep(for: pause)
            }
        }
    }

    /// Turns new users away; sessions in use are closed when they come back.
    private func shutDown() {
        let error = PostgresError(.poolClosed, "The database pool was shut down.")
        for case .some(let connection) in passes.close(error) { connection.enter { $0.end(nil) } }
    }
}
