import FoundationEssentials
import JSON
package import PartnerHTTP

/// LingXing's OpenAPI, typed. Every call waits for its slot, carries the shared token, is signed anew at every attempt, and
/// fails with a `PartnerError` that says what to do. Answers are read leniently (LingXing contract 6, 8 and 11).
///
/// `permit` is the end of a write's permission to send (design 7.2); no attempt starts after it, and none lasts beyond it. For a
/// read it is the caller's patience.
package struct LingXingClient: Sendable {
    package let settings: LingXingSettings
    private let circuit: CircuitBreaker
    let times: LingXingTime
    private let caller: PartnerCaller
    private let gate: any CallGate
    private let tokens: TokenKeeper
    private let signer: RequestSigner

    /// Pauses between repeats: 2 s doubling, as the throttle of LingXing asks for (contract 7).
    package static let backoff = Backoff(base: .seconds(2), limit: .seconds(15), attempts: 4)

    /// - Parameters:
    ///   - tokens: shared by all workers of the app id.
    ///   - tokenIssueGap: the shortest time between two exchanges of the app secret for a token.
    package init(
        settings: LingXingSettings, tokens: any LingXingTokenStore, gate: any CallGate, transport: any HTTPTransport,
        circuit: CircuitBreaker? = nil, backoff: Backoff = LingXingClient.backoff, tokenIssueGap: Duration = .seconds(60),
        clock: PartnerClock = .system
    ) {
        let caller = PartnerCaller(.lingXing, transport: transport, circuit: circuit, backoff: backoff, clock: clock)
        let issuer = TokenIssuer(
            baseURL: settings.baseURL, credentials: settings.credentials, timeout: settings.timeout,
            caller: PartnerCaller(.lingXing, transport: transport, backoff: .never, clock: clock))
        self.settings = settings
        self.circuit = caller.circuit
        self.times = LingXingTime(zone: settings.timeZone)
        self.caller = caller
        self.gate = gate
        self.tokens = TokenKeeper(store: tokens, issuer: issuer, clock: clock, issueGap: tokenIssueGap)
        self.signer = RequestSigner(appID: settings.credentials.appID)
    }

    /// A number or a name as LingXing gets it, and gives it back: without blanks at its ends.
    package static func asSent(_ text: String) -> String { RequestBody.canonical(text) }

    /// Makes one call and reads its answer.
    ///
    /// - Parameter read: the answer's meaning; a fault in it makes a read's answer malformed and a write's outcome unknown.
    func call<Value>(
        _ endpoint: LingXingEndpoint, _ parameters: JSONObject, permit: ContinuousClock.Instant?,
        read: (Answer) throws(JSONError) -> Value
    ) async throws(PartnerError) -> Value {
        let call = PartnerCall(
            method: endpoint.method, path: endpoint.path, isRead: endpoint.isRead,
            deadlines: Deadlines(timeout: settings.timeout, permit: permit))
        let body = RequestBody(parameters)
        let slot = AttemptSlot(gate: gate)
        let caller = PartnerCaller(
            .lingXing, transport: SlotTransport(transport: caller.transport, slot: slot, clock: caller.clock),
            circuit: circuit, backoff: caller.backoff, clock: caller.clock)
        var token: String?
        var refused: String?
        do {
            let value = try await caller.perform(
                call,
                prepare: { () async throws(PartnerError) -> PartnerRequest in
                    let current = try await tokens.token(refusing: refused, for: call)
                    token = current
                    try await enter(endpoint, slot, call)
                    return try request(endpoint, body, token: current, call)
                },
                understand: { response throws(PartnerError) -> Value in
                    let answer = try Answer.read(
                        response, kind: .business, isRead: endpoint.isRead, call: call.name, now: caller.clock.date())
                    return try Self.value(of: answer, response, call, read)
                },
                renew: { error, _ in
                    guard let code = error.code else { return false }
                    if AnswerCode.tokenRefused.contains(code) { refused = token }
                    return AnswerCode.tokenRefused.contains(code) || code == AnswerCode.signExpired
                })
            return value
        } catch {
            await slot.giveBack(.over)  // held only when the request was never sent
            throw error
        }
    }

    private func enter(_ endpoint: LingXingEndpoint, _ slot: AttemptSlot, _ call: PartnerCall) async throws(PartnerError) {
        do {
            try await slot.take(endpoint, by: call.deadlines.permit ?? caller.clock.now() + settings.timeout)
        } catch {
            let isCancelled = error is CancellationError
            throw PartnerError(
                .lingXing, call.isRead ? .unavailable : .notExecuted, call: call.name,
                code: isCancelled ? PartnerError.Code.cancelled : PartnerError.Code.noSlot,
                words: isCancelled || error is CallGateTimeout ? nil : "the call gate failed: \(type(of: error))")
        }
    }

    /// The signed request. Its time is taken now, after every wait: a sign is valid for two minutes.
    private func request(
        _ endpoint: LingXingEndpoint, _ body: RequestBody, token: String, _ call: PartnerCall
    ) throws(PartnerError) -> PartnerRequest {
        let timestamp = Int64(caller.clock.date().timeIntervalSince1970)
        let sign: String
        do {
            sign = try signer.sign(body.members, accessToken: token, timestamp: timestamp)
        } catch {
            throw PartnerError(.lingXing, .bug, call: call.name, code: "signing")
        }
        let query = QueryEncoding.query([
            ("access_token", token), ("app_key", signer.appID), ("timestamp", String(timestamp)), ("sign", sign),
        ])
        return PartnerRequest(
            method: endpoint.method, url: "\(settings.baseURL)\(endpoint.path)?\(query)",
            headers: [("Content-Type", "application/json")], body: body.bytes, deadline: caller.clock.now() + settings.timeout,
            isRead: endpoint.isRead, call: call.name)
    }

    private static func value<Value>(
        of answer: Answer, _ response: PartnerResponse, _ call: PartnerCall, _ read: (Answer) throws(JSONError) -> Value
    ) throws(PartnerError) -> Value {
        do {
            return try read(answer)
        } catch {
            throw PartnerError(
                .lingXing, call.isRead ? .malformedAnswer : .unknownOutcome, call: call.name,
                code: PartnerError.Code.unreadableAnswer, words: error.description, status: response.status)
        }
    }
}
