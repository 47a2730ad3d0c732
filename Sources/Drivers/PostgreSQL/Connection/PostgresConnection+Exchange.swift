import CPostgres
import Dispatch
import NIOConcurrencyHelpers
import SocketWatch

/// The conversation with libpq. Everything here runs on the connection's queue, without suspending.
extension PostgresConnection {
    func start(
        _ request: PostgresRequest, id: Int, limit: Duration?,
        completion: @escaping (Result<[PostgresRows], PostgresError>) -> Void
    ) {
        guard let session else {
            var error = closedReason ?? .connectionLost("it was closed by this process.")
            error.wasNeverSent = true
            return completion(.failure(error))
        }
        var exchange = Exchange(
            id: id, request: request, limit: limit, cancelRequest: CancelRequest(session), completion: completion)
        exchange.extendDeadline()
        let hasTaken = session.send(request)
        self.exchange = exchange
        guard hasTaken else { return end(.connectionLost(session.words)) }
        if let deadline = exchange.deadline { setTimer(for: deadline) }
        flush(session)
    }

    private func flush(_ session: LibpqSession) {
        switch PQflush(session.pointer) {
        case 0:
            writeWatch = nil
        case 1 where writeWatch == nil:
            writeWatch = SocketWatch(.writable, of: PQsocket(session.pointer), on: queue) { [weak self] in
                self?.assumeIsolated { $0.session.map($0.flush) }
            }
            // Nothing would tell when the rest can go.
            if writeWatch == nil { end(.connectionLost("This process has no file descriptor left.")) }
        case 1:
            break
        default:
            // The server may have said why before it hung up: what it said is read first.
            socketIsReadable()
        }
    }

    func socketIsReadable() {
        repeat { readOnce() } while session.map { PQsocket($0.pointer) }.map(SocketWatch.hasNews) == true
    }

    /// libpq reads what is there and looks no further. A connection that was reset is told of once, so data that came with the reset must
    /// not be taken for all of it: the end behind them would be noticed only by the time-out.
    private func readOnce() {
        guard let session else { return }
        let isAlive = PQconsumeInput(session.pointer) == 1
        if isAlive, writeWatch != nil { flush(session) }
        collectAnswers(session, isAlive: isAlive)
        deliverNotifications(session)
        if !isAlive { end(session.farewell ?? .connectionLost(session.words)) }
    }

    /// Takes what is there. Once the connection is dead nothing more can come, so libpq does not block and gives what it has.
    private func collectAnswers(_ session: LibpqSession, isAlive: Bool) {
        var isAtEnd = false
        while let exchange, !exchange.isAnswered, !isAlive || PQisBusy(session.pointer) == 0 {
            guard let result = PQgetResult(session.pointer) else {
                // In a pipeline a nil stands between two queries, and the sync behind the last one is the end.
                guard case .pipeline = exchange.request else { return answered() }
                if isAtEnd { return }
                isAtEnd = !isAlive
                continue
            }
            take(result, in: session)
            PQclear(result)
        }
    }

    private func take(_ result: OpaquePointer, in session: LibpqSession) {
        exchange?.extendDeadline()
        lastAnswer = .now
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            let rows = PostgresRows(result: result)
            noteSessionState(rows.tag)
            exchange?.answers.append(rows)
        case PGRES_PIPELINE_SYNC:
            PQexitPipelineMode(session.pointer)
            answered()
        case PGRES_PIPELINE_ABORTED:
            break
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            exchange?.failure = PostgresError(.invalidQuery, "COPY cannot be run here: the session was given up.")
            end(.connectionLost("a COPY was begun, which this driver does not speak."))
        default:
            guard let exchange, exchange.failure == nil else { return }
            let queries = exchange.request.queries
            let query = queries.count > exchange.answers.count ? queries[exchange.answers.count] : queries.last
            var error = PostgresError(result: result, query: query)
            if error.sqlState == "57014", exchange.cancellation != .none { error = .cancelled }
            self.exchange?.failure = error
            if error.code == .connectionLost { end(error) }
        }
    }

    private func answered() {
        guard let exchange else { return }
        // A cancel request that arrives late would hit the next statement: its way is waited for.
        guard exchange.cancellation != .asked else {
            self.exchange?.isAnswered = true
            return
        }
        self.exchange = nil
        contact.withLockedValue { $0 = exchange.sentAt }
        exchange.completion(exchange.result)
    }

    func cancelExchange(_ id: Int) {
        guard let exchange, exchange.id == id, !exchange.isAnswered, exchange.cancellation == .none,
            let cancelRequest = exchange.cancelRequest
        else { return }
        let deadline = DispatchTime.now() + .seconds(5)
        self.exchange?.cancellation = .asked
        self.exchange?.deadline = deadline
        setTimer(for: deadline)
        cancelRequest.send { [weak self] in self?.enter { $0.cancelRequestWasPassedOn(id) } }
    }

    private func cancelRequestWasPassedOn(_ id: Int) {
        guard let exchange, exchange.id == id else { return }
        self.exchange?.cancellation = .passedOn
        if exchange.isAnswered { answered() }
    }

    /// One timer serves all deadlines: it is only ever set earlier, and when it fires too early it is set again.
    func setTimer(for deadline: DispatchTime) {
        if let timerIsSetFor, timerIsSetFor <= deadline { return }
        timerIsSetFor = deadline
        deadlineTimer?.fire(at: deadline)
    }

    func deadlinePassed() {
        timerIsSetFor = nil
        finishConnectWait(.timedOut)
        guard let exchange, let deadline = exchange.deadline else { return }
        if DispatchTime.now() < deadline { return setTimer(for: deadline) }
        if !exchange.isAnswered, exchange.failure == nil {
            let silence = exchange.limit.map { " for \($0)" } ?? ""
            self.exchange?.failure =
                exchange.cancellation == .none
                ? PostgresError(.timedOut, "The database was silent\(silence); the session was given up.") : .cancelled
        }
        end(.connectionLost("the server was silent for too long."))
    }
}
