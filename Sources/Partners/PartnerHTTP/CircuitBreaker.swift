/// Stops calling a partner that is down or refuses us, and tries again with a single call after a pause.
package actor CircuitBreaker {
    /// The permission to make one call. Every pass taken is given back with `record`.
    package struct Pass: Sendable {
        fileprivate let isProbe: Bool
    }

    package enum Admission: Sendable {
        case admitted(Pass)
        /// Open: nothing may be sent for about that long.
        case refused(retryAfter: Duration)
    }

    package enum Outcome: Sendable {
        /// The partner answered; what it thinks of the payload does not matter here.
        case healthy
        /// The partner is down, throttles, or refuses our credentials.
        case failing(retryAfter: Duration?)
        /// Says nothing about the partner (the call was never made).
        case noEvidence
    }

    private enum State {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant, pause: Duration)
        case halfOpen(pause: Duration)
    }

    private let partner: Partner
    private let threshold: Int
    private let basePause: Duration
    private let longestPause: Duration
    private let clock: PartnerClock
    private var state = State.closed(failures: 0)

    /// - Parameters:
    ///   - threshold: consecutive failures that open the circuit.
    ///   - pause: how long it stays open before one probe is let through; doubled after every failed probe up to `longestPause`.
    package init(
        _ partner: Partner, threshold: Int = 5, pause: Duration = .seconds(5), longestPause: Duration = .seconds(60),
        clock: PartnerClock = .system
    ) {
        self.partner = partner
        self.threshold = threshold
        self.basePause = pause
        self.longestPause = longestPause
        self.clock = clock
    }

    package func admit() -> Admission {
        switch state {
        case .closed:
            return .admitted(Pass(isProbe: false))
        case .open(let until, let pause):
            let now = clock.now()
            guard now >= until else { return .refused(retryAfter: until - now) }
            state = .halfOpen(pause: pause)
            return .admitted(Pass(isProbe: true))
        case .halfOpen:
            return .refused(retryAfter: basePause)
        }
    }

    package func record(_ pass: Pass, _ outcome: Outcome) {
        switch (state, outcome) {
        case (.closed, .healthy):
            state = .closed(failures: 0)
        case (.closed(let failures), .failing(let retryAfter)):
            if failures + 1 < threshold {
                state = .closed(failures: failures + 1)
            } else {
                open(for: max(basePause, retryAfter ?? .zero))
            }
        case (.halfOpen, .healthy) where pass.isProbe:
            state = .closed(failures: 0)
            PartnerMetrics.recordCircuit(partner, isOpen: false)
        case (.halfOpen(let pause), .failing(let retryAfter)) where pass.isProbe:
            open(for: max(min(pause * 2, longestPause), retryAfter ?? .zero))
        case (.halfOpen(let pause), .noEvidence) where pass.isProbe:
            state = .open(until: clock.now(), pause: pause)  // the next call is the probe
        default:
            break  // a call from before the circuit opened came home late
        }
    }

    private func open(for pause: Duration) {
        state = .open(until: clock.now() + pause, pause: pause)
        PartnerMetrics.recordCircuit(partner, isOpen: true)
    }
}

extension CircuitBreaker.Outcome {
    /// What a failed call says about the partner.
    package init(_ error: PartnerError) {
        guard !error.isOurOwn else {
            self = .noEvidence
            return
        }
        switch error.kind {
        case .refused, .bug, .malformedAnswer: self = .healthy
        case .unavailable, .credentials, .notExecuted, .unknownOutcome: self = .failing(retryAfter: error.retryAfter)
        }
    }
}
