import JSON
import PartnerHTTP

/// The bearer token of this process. Several may be valid at once for one client (DSCO contract 1), so every process holds its
/// own.
actor DSCOTokens {
    private struct Token {
        var text: String
        /// From here on it is renewed.
        var renewAt: ContinuousClock.Instant
        /// Until here it serves while a renewal is under way.
        var expiresAt: ContinuousClock.Instant
    }

    /// A token is renewed this long before it expires.
    private static let margin: Duration = .seconds(300)

    private let credentials: DSCOCredentials
    private let url: String
    private let timeout: Duration
    private let transport: any HTTPTransport
    private let clock: PartnerClock
    private var current: Token?
    private var isRenewing = false
    private var waiting: [CheckedContinuation<Result<String, PartnerError>, Never>] = []

    init(_ credentials: DSCOCredentials, baseURL: String, timeout: Duration, transport: any HTTPTransport, clock: PartnerClock) {
        self.credentials = credentials
        self.url = baseURL + "/oauth2/token"
        self.timeout = timeout
        self.transport = transport
        self.clock = clock
    }

    /// A token worth sending. One caller at a time fetches a new one; the others wait for it, or use the old one while it lives.
    func token() async throws(PartnerError) -> String {
        guard case .client(let id, let secret) = credentials else { return staticToken }
        let now = clock.now()
        if let current, now < (isRenewing ? current.expiresAt : current.renewAt) { return current.text }
        if isRenewing {
            let result = await withCheckedContinuation { waiting.append($0) }
            return try result.get()
        }
        isRenewing = true
        let result: Result<String, PartnerError>
        do {
            let token = try await fetch(id: id, secret: secret)
            current = token
            result = .success(token.text)
        } catch {
            result = .failure(error)
        }
        isRenewing = false
        for waiter in waiting { waiter.resume(returning: result) }
        waiting = []
        return try result.get()
    }

    /// DSCO answered 401 to this token. True when another one is to be had, so that the call is worth repeating.
    func refused(_ token: String) -> Bool {
        guard case .client = credentials else { return false }
        if current?.text == token { current = nil }
        return true
    }

    private var staticToken: String {
        if case .token(let token) = credentials { token } else { "" }
    }

    private func fetch(id: String, secret: String) async throws(PartnerError) -> Token {
        let form = QueryString([("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]).text
        let start = clock.now()
        // Fetching a token twice does no harm, so it counts as a read.
        let request = PartnerRequest(
            method: "POST", url: url,
            headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
            body: Array(form.utf8), deadline: start + timeout, isRead: true, call: Self.call)
        let response: PartnerResponse
        do {
            response = try await transport.send(request)
        } catch {
            PartnerMetrics.record(.dsco, call: Self.call, outcome: error.kind.rawValue, duration: clock.now() - start)
            throw error
        }
        do {
            let token = try read(response, at: start)
            PartnerMetrics.record(.dsco, call: Self.call, outcome: "ok", duration: clock.now() - start)
            return token
        } catch {
            PartnerMetrics.record(.dsco, call: Self.call, outcome: error.kind.rawValue, duration: clock.now() - start)
            throw error
        }
    }

    private static let call = "POST /oauth2/token"

    private func read(_ response: PartnerResponse, at start: ContinuousClock.Instant) throws(PartnerError) -> Token {
        if let error = DSCOAnswer.error(in: response, call: Self.call, isRead: true, now: clock.date()) {
            // 400 here means a wrong id or secret, not a wrong payload (DSCO contract 1.1).
            guard error.kind == .refused else { throw error }
            throw PartnerError(.dsco, .credentials, call: Self.call, code: error.code, words: error.words, status: error.status)
        }
        guard let body = try? JSON.parse(response.body), let text = body["access_token"]?.string, !text.isEmpty else {
            throw PartnerError(
                .dsco, .malformedAnswer, call: Self.call, code: PartnerError.Code.unreadableAnswer, status: response.status)
        }
        let life = Duration.seconds(max(1, body["expires_in"]?.int ?? 3600))
        return Token(text: text, renewAt: start + max(life - Self.margin, life / 2), expiresAt: start + life)
    }
}
