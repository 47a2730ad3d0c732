/// A way in which a partner misbehaves, for some of the calls whose path begins with `path`.
package struct Fault: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// HTTP 429, with `Retry-After` when set; nothing is done.
        case tooMany = "429"
        /// HTTP 503; nothing is done.
        case serverError = "5xx"
        /// The work is done, then HTTP 502.
        case serverErrorAfter = "5xx_after"
        /// The answer takes `seconds` longer.
        case slow
        /// The connection is reset before, or after, the work is done.
        case cutBefore = "cut_before"
        case cutAfter = "cut_after"
        /// A row of a batch is refused; nothing is done for it.
        case refuseRow = "refuse_row"
        /// A row's work is done, but the change log never shows it.
        case noLogRow = "no_log_row"
        /// A row's work is done, but the change log shows it `seconds` later.
        case lateLogRow = "late_log_row"
        /// The work is done, then the body is no JSON.
        case garbage
        /// Every token of the partner dies; this call is told so.
        case tokenExpired = "token_expired"
        /// A row's work is done, but reads show it `seconds` later.
        case hideEffect = "hide_effect"
    }

    package var partner: Partner
    /// A prefix of the path below the partner's base URL, or `*`.
    package var path: String
    package var kind: Kind
    /// The share of calls (or rows) that it befalls, unless `count` says how many.
    package var rate: Double
    package var count: Int?
    package var seconds: Double
    package var retryAfter: Int?

    package init(
        _ partner: Partner, _ path: String, _ kind: Kind, rate: Double = 1, count: Int? = nil, seconds: Double = 1,
        retryAfter: Int? = nil
    ) {
        self.partner = partner
        self.path = path
        self.kind = kind
        self.rate = rate
        self.count = count
        self.seconds = seconds
        self.retryAfter = retryAfter
    }

    func concerns(_ partner: Partner, _ path: String) -> Bool {
        self.partner == partner && (self.path == "*" || path.hasPrefix(self.path))
    }
}
