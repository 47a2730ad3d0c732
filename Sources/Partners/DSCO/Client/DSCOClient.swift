import FoundationEssentials
import JSON
package import PartnerHTTP

/// DSCO's supplier API, the calls Conveyor uses (DSCO contract, version 3).
///
/// Reads repeat themselves; a write goes out before its `deadline` or not at all, and is repeated only when it is proven not
/// executed (design 7.2). Every error is a `PartnerError` that says what to do.
package struct DSCOClient: Sendable {
    let settings: DSCOSettings
    let caller: PartnerCaller
    let limiter: any CallLimiter
    let tokens: DSCOTokens

    package init(_ settings: DSCOSettings, caller: PartnerCaller, limiter: any CallLimiter) {
        self.settings = settings
        self.caller = caller
        self.limiter = limiter
        tokens = DSCOTokens(
            settings.credentials, baseURL: settings.baseURL, timeout: settings.timeout, transport: caller.transport,
            clock: caller.clock)
    }

    /// Makes a call and reads its answer.
    ///
    /// - Parameters:
    ///   - deadline: until when it may be sent.
    ///   - read: the meaning of the response, which is a success, or a status that `accepts` named.
    ///   - accepts: failing responses that mean something to this call.
    func call<Answer>(
        _ endpoint: DSCOEndpoint, query: [(String, String)] = [], body: [UInt8]? = nil, deadline: ContinuousClock.Instant?,
        accepts: (PartnerResponse) -> Bool = { _ in false }, read: (PartnerResponse) throws(PartnerError) -> Answer
    ) async throws(PartnerError) -> Answer {
        let call = PartnerCall(
            method: endpoint.method, path: endpoint.path, isRead: endpoint.isRead, isOnce: query.contains { $0.0 == "scrollId" },
            deadlines: Deadlines(timeout: settings.timeout, permit: deadline))
        return try await caller.perform(
            call,
            prepare: { () async throws(PartnerError) -> PartnerRequest in
                // First of all: calls that wait for one token would leave together, past the places they took.
                _ = try await token(for: endpoint)
                try await slot(for: endpoint, before: deadline)
                return request(endpoint, query: query, body: body, token: try await token(for: endpoint))
            },
            understand: { response throws(PartnerError) -> Answer in
                let error = DSCOAnswer.error(in: response, call: call.name, isRead: call.isRead, now: caller.clock.date())
                if let error, !accepts(response) { throw error }
                return try read(response)
            },
            renew: { error, request in
                guard error.status == 401, let header = request.headers.first(where: { $0.0 == "Authorization" })?.1 else {
                    return false
                }
                return await tokens.refused(String(header.dropFirst(Self.scheme.count)))
            })
    }

    private static let scheme = "bearer "

    private func request(_ endpoint: DSCOEndpoint, query: [(String, String)], body: [UInt8]?, token: String) -> PartnerRequest {
        var url = settings.baseURL + endpoint.path
        if !query.isEmpty { url += "?" + QueryString(query).text }
        return PartnerRequest(
            method: endpoint.method, url: url,
            headers: [
                ("Authorization", Self.scheme + token), ("Accept", "application/json"), ("Content-Type", "application/json"),
            ],
            body: body, deadline: caller.clock.now() + settings.timeout, isRead: endpoint.isRead, call: endpoint.rawValue)
    }

    private func slot(for endpoint: DSCOEndpoint, before deadline: ContinuousClock.Instant?) async throws(PartnerError) {
        do {
            try await limiter.acquire(endpoint, before: deadline)
        } catch {
            let kind: PartnerError.Kind = endpoint.isRead ? .unavailable : .notExecuted
            switch error {
            case .noSlot(let retryAfter):
                throw PartnerError(
                    .dsco, kind, call: endpoint.rawValue, code: PartnerError.Code.noSlot, retryAfter: retryAfter)
            case .cancelled:
                throw PartnerError(.dsco, kind, call: endpoint.rawValue, code: PartnerError.Code.cancelled)
            }
        }
    }

    /// The token; a failure to get one proves that a write was not sent.
    private func token(for endpoint: DSCOEndpoint) async throws(PartnerError) -> String {
        do {
            return try await tokens.token()
        } catch {
            guard !endpoint.isRead, error.kind != .credentials, error.kind != .bug else { throw error }
            var error = error
            error.kind = .notExecuted
            throw error
        }
    }
}
