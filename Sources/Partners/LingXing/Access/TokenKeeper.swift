import FoundationEssentials
import PartnerHTTP

/// Hands out the shared token and renews it: early, once for all workers, by refresh token where there is one (LingXing
/// contract 2 and 9).
actor TokenKeeper {
    let store: any LingXingTokenStore
    let issuer: TokenIssuer
    let clock: PartnerClock
    /// The shortest time between two exchanges of the app secret: asking too often is throttled, and two systems that share an
    /// app id would take each other's token away without end (LingXing contract 2, pitfall 17).
    let issueGap: Duration
    /// The newest token that the store had lately.
    private var last: (token: LingXingToken, seen: ContinuousClock.Instant)?

    /// How long the next calls go without asking the store. Should another worker renew the token meanwhile, LingXing refuses the old one,
    /// and the call goes once more with the new.
    private static let trust = Duration.seconds(1)

    init(store: any LingXingTokenStore, issuer: TokenIssuer, clock: PartnerClock, issueGap: Duration) {
        self.store = store
        self.issuer = issuer
        self.clock = clock
        self.issueGap = issueGap
    }

    /// A token that is fresh and is not the one LingXing has just refused.
    ///
    /// - Parameter call: what the token is for; a failure is an error of that call, which was then not sent.
    func token(refusing refused: String?, for call: PartnerCall) async throws(PartnerError) -> String {
        let now = clock.now()
        // Whoever was refused asks the store: what this process saw last may be older still.
        if refused == nil, let last, now - last.seen < Self.trust, isUsable(last.token, refusing: nil) {
            return last.token.accessToken
        }
        do {
            let token = try await usable(refusing: refused)
            // Of callers side by side, the one with the newest token counts.
            let isNews = last.map { now - $0.seen >= Self.trust || $0.token.obtained <= token.obtained } ?? true
            if isNews { last = (token, now) }
            return token.accessToken
        } catch {
            throw Self.notSent(call, because: error)
        }
    }

    private nonisolated func usable(refusing refused: String?) async throws -> LingXingToken {
        if let stored = try await store.current(), isUsable(stored, refusing: refused) { return stored }
        return try await store.renew { stored in
            if let stored, isUsable(stored, refusing: refused) { return stored }  // another worker was first
            return try await successor(of: stored)
        }
    }

    private nonisolated func isUsable(_ token: LingXingToken, refusing refused: String?) -> Bool {
        token.accessToken != refused && token.isFresh(at: clock.date())
    }

    private nonisolated func successor(of stored: LingXingToken?) async throws(PartnerError) -> LingXingToken {
        guard let stored else { return try await issuer.issue() }
        if stored.canBeRefreshed(at: clock.date()) {
            do {
                return try await issuer.refresh(stored)
            } catch {
                // Refused, or its answer was lost: the refresh token may be spent. Only a call that never arrived, or refused
                // credentials, leave nothing to gain from the secret.
                if error.kind == .credentials
                    || (error.kind == .notExecuted && !AnswerCode.refreshRefused.contains(error.code ?? ""))
                {
                    throw error
                }
            }
        }
        let age = Duration.seconds(clock.date().timeIntervalSince(stored.issued))
        guard age >= issueGap || age < .zero else {
            throw PartnerError(
                .lingXing, .unavailable, call: "POST \(LingXingEndpoint.accessToken.path)", code: "token_contested",
                words: "the last token was refused soon after it was issued; another system may use the same app id",
                retryAfter: issueGap - age)
        }
        return try await issuer.issue()
    }

    /// Without a token the call itself is certain not to have happened.
    private static func notSent(_ call: PartnerCall, because error: any Error) -> PartnerError {
        let kind: PartnerError.Kind = call.isRead ? .unavailable : .notExecuted
        guard let error = error as? PartnerError else {
            let code = error is CancellationError ? PartnerError.Code.cancelled : PartnerError.Code.noToken
            return PartnerError(.lingXing, kind, call: call.name, code: code, words: "the token store failed: \(type(of: error))")
        }
        guard error.kind != .credentials, error.kind != .bug else { return error }
        return PartnerError(
            .lingXing, kind, call: error.call, code: error.code, words: error.words, retryAfter: error.retryAfter,
            status: error.status)
    }
}
