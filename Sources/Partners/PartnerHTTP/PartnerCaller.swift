/// Makes a partner's calls: circuit, permission to send, repeats, metrics. What a request looks like and what an answer means is
/// the partner client's affair.
package struct PartnerCaller: Sendable {
    package let partner: Partner
    package let transport: any HTTPTransport
    package let circuit: CircuitBreaker
    package let backoff: Backoff
    package let clock: PartnerClock

    package init(
        _ partner: Partner, transport: any HTTPTransport, circuit: CircuitBreaker? = nil, backoff: Backoff = Backoff(),
        clock: PartnerClock = .system
    ) {
        self.partner = partner
        self.transport = transport
        self.circuit = circuit ?? CircuitBreaker(partner, clock: clock)
        self.backoff = backoff
        self.clock = clock
    }

    /// Makes the call and reads its answer. A failed read is repeated with backoff; a write only when it is proven not executed,
    /// and only within its permission to send (design 7.2).
    ///
    /// - Parameters:
    ///   - prepare: builds the request of one attempt; here is the place to wait for a slot or a token. `deadline`, `isRead` and
    ///     `call` of its result are set afterwards. Its errors count for the circuit like those of the call, unless they are our
    ///     own.
    ///   - understand: the answer's meaning, or the error it stands for.
    ///   - renew: asked once, after the first refusal of credentials; true when they were renewed and the call is worth
    ///     repeating.
    package func perform<Answer>(
        _ call: PartnerCall,
        prepare: () async throws(PartnerError) -> PartnerRequest,
        understand: (PartnerResponse) throws(PartnerError) -> Answer,
        renew: (PartnerError, PartnerRequest) async -> Bool = { _, _ in false }
    ) async throws(PartnerError) -> Answer {
        var attempt = 1
        var mayRenew = true
        while true {
            let pass = try await admit(call)
            var sent: PartnerRequest?
            do {
                let request = try await permitted(call, prepare())
                sent = request
                let answer = try await exchange(request, understand)
                await circuit.record(pass, .healthy)
                return answer
            } catch {
                if mayRenew, let sent, await renew(error, sent) {
                    mayRenew = false
                    await circuit.record(pass, .noEvidence)
                    continue
                }
                await circuit.record(pass, CircuitBreaker.Outcome(error))
                guard attempt < backoff.attempts, error.isRepeatable, !call.isOnce || error.wasNotServed else { throw error }
                let wake = clock.now() + backoff.pause(afterAttempt: attempt, askedFor: error.retryAfter)
                guard call.deadlines.allowStart(at: wake), wake - clock.now() <= Self.longestPause else { throw error }
                do { try await clock.sleep(wake) } catch { throw cancelled(call) }
                attempt += 1
            }
        }
    }

    /// A pause longer than this is not waited out inside a call: the run ends and the order is due again later.
    private static let longestPause: Duration = .seconds(20)

    private func admit(_ call: PartnerCall) async throws(PartnerError) -> CircuitBreaker.Pass {
        switch await circuit.admit() {
        case .admitted(let pass):
            return pass
        case .refused(let retryAfter):
            PartnerMetrics.record(partner, call: call.name, outcome: PartnerError.Code.circuitOpen, duration: .zero)
            throw PartnerError(
                partner, call.isRead ? .unavailable : .notExecuted, call: call.name, code: PartnerError.Code.circuitOpen,
                retryAfter: retryAfter)
        }
    }

    /// The request with its deadline, looked at after every wait and directly before the bytes go out.
    private func permitted(_ call: PartnerCall, _ request: PartnerRequest) throws(PartnerError) -> PartnerRequest {
        guard !Task.isCancelled else { throw cancelled(call) }
        guard call.isRead || WriteLease.isHeld else {
            throw PartnerError(partner, .notExecuted, call: call.name, code: PartnerError.Code.lockLost)
        }
        guard let end = call.deadlines.end(sendingAt: clock.now()) else {
            throw PartnerError(
                partner, call.isRead ? .unavailable : .notExecuted, call: call.name, code: PartnerError.Code.deadlinePassed)
        }
        var request = request
        request.deadline = end
        request.isRead = call.isRead
        request.call = call.name
        return request
    }

    private func exchange<Answer>(
        _ request: PartnerRequest, _ understand: (PartnerResponse) throws(PartnerError) -> Answer
    ) async throws(PartnerError) -> Answer {
        let start = clock.now()
        do {
            let answer = try understand(await transport.send(request))
            PartnerMetrics.record(partner, call: request.call, outcome: "ok", duration: clock.now() - start)
            return answer
        } catch {
            PartnerMetrics.record(partner, call: request.call, outcome: error.kind.rawValue, duration: clock.now() - start)
            throw error
        }
    }

    private func cancelled(_ call: PartnerCall) -> PartnerError {
        PartnerError(partner, call.isRead ? .unavailable : .notExecuted, call: call.name, code: PartnerError.Code.cancelled)
    }
}

extension PartnerError {
    /// Whether the partner certainly did not begin to answer.
    fileprivate var wasNotServed: Bool { code == Code.notConnected || code == Code.throttled || status == 429 }

    /// A read that failed on the way, or a write that is proven not executed, may be made again as it is.
    fileprivate var isRepeatable: Bool {
        (kind == .unavailable || kind == .notExecuted) && !isOurOwn
    }
}
