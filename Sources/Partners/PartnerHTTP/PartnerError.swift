/// A call to a partner that brought no usable answer, told by what the caller must do about it.
package struct PartnerError: Error, Sendable {
    /// What the caller must do. Closed: a stage switches over it without a default.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Proven to have had no effect: not sent, throttled, or the token was refused. The same effect may be sent again.
        case notExecuted = "not_executed"
        /// A write without a readable answer. It may have happened: reconcile, never resend blindly.
        case unknownOutcome = "unknown_outcome"
        /// A read failed because the partner or the way to it is down. Read again later.
        case unavailable
        /// The partner refuses our credentials or our permission. A person of operations must act; no order is to blame.
        case credentials
        /// The partner read the request and refuses this payload for good.
        case refused
        /// A read brought an answer that breaks the partner's contract.
        case malformedAnswer = "malformed_answer"
        /// Our request is wrong (path, signature, parameters): every such call fails until Conveyor is changed.
        case bug
    }

    package var partner: Partner
    package var kind: Kind
    /// Method and path, without the query.
    package var call: String
    /// The partner's code, or one of `Code` for what happened on our side.
    package var code: String?
    /// The partner's own text, without e-mail addresses, telephone numbers and tokens, at most 300 characters.
    package var words: String?
    /// How long the partner (or our own circuit) asks to wait.
    package var retryAfter: Duration?
    /// HTTP status of the answer, if there was one.
    package var status: Int?

    /// - Parameter words: the partner's text as received; redacted and cut here.
    package init(
        _ partner: Partner, _ kind: Kind, call: String, code: String? = nil, words: String? = nil, retryAfter: Duration? = nil,
        status: Int? = nil
    ) {
        self.partner = partner
        self.kind = kind
        self.call = call
        self.code = code.map { Redaction.redact($0, limit: 80) }
        self.words = words.map { Redaction.redact($0, limit: 300) }
        self.retryAfter = retryAfter
        self.status = status
    }

    /// Codes of Conveyor itself, where no partner gave one.
    package enum Code {
        package static let notConnected = "not_connected"
        package static let connectionLost = "connection_lost"
        package static let timedOut = "timed_out"
        package static let cancelled = "cancelled"
        package static let answerTooLarge = "answer_too_large"
        package static let unreadableAnswer = "unreadable_answer"
        package static let deadlinePassed = "deadline_passed"
        package static let circuitOpen = "circuit_open"
        /// The locks under which the call was decided may belong to somebody else by now.
        package static let lockLost = "lock_lost"
        package static let throttled = "throttled"
        /// No slot of the rate limit came free in time.
        package static let noSlot = "no_slot"
        /// The shared token could not be read or stored on our side.
        package static let noToken = "no_token"
    }

    /// Whether the call certainly had no effect at the partner. False for `.unknownOutcome` alone; a read never has an effect.
    package var provesNoEffect: Bool { kind != .unknownOutcome }

    /// Whether our own circuit stopped the call.
    package var isCircuitOpen: Bool { code == Code.circuitOpen }

    /// Whether the call was stopped on our side, so that it says nothing about the partner.
    package var isOurOwn: Bool {
        switch code {
        case Code.deadlinePassed, Code.cancelled, Code.circuitOpen, Code.lockLost, Code.noSlot, Code.noToken: true
        default: false
        }
    }
}
