import PartnerHTTP
import PartnerTestSupport
import Testing

@Suite("The circuit of a partner")
struct CircuitBreakerTests {
    private let time = ManualClock()

    private func circuit() -> CircuitBreaker {
        CircuitBreaker(.dsco, threshold: 3, pause: .seconds(10), longestPause: .seconds(25), clock: time.clock)
    }

    private func fail(_ circuit: CircuitBreaker, retryAfter: Duration? = nil) async {
        guard case .admitted(let pass) = await circuit.admit() else { return }
        await circuit.record(pass, .failing(retryAfter: retryAfter))
    }

    private func refusal(_ circuit: CircuitBreaker) async -> Duration? {
        guard case .refused(let retryAfter) = await circuit.admit() else { return nil }
        return retryAfter
    }

    @Test("opens after failures in a row, not before")
    func opens() async throws {
        let circuit = circuit()
        await fail(circuit)
        await fail(circuit)
        guard case .admitted(let pass) = await circuit.admit() else {
            Issue.record("closed")
            return
        }
        await circuit.record(pass, .healthy)
        await fail(circuit)
        await fail(circuit)
        #expect(await refusal(circuit) == nil)
        await fail(circuit)
        #expect(await refusal(circuit) == .seconds(10))
    }

    @Test("lets one probe through after its pause, and closes when that succeeds")
    func probes() async throws {
        let circuit = circuit()
        for _ in 0..<3 { await fail(circuit) }
        time.advance(by: .seconds(10))
        guard case .admitted(let probe) = await circuit.admit() else {
            Issue.record("the probe must pass")
            return
        }
        #expect(await refusal(circuit) != nil)
        await circuit.record(probe, .healthy)
        #expect(await refusal(circuit) == nil)
    }

    @Test("waits twice as long after every failed probe, up to its limit")
    func pauses() async throws {
        let circuit = circuit()
        for _ in 0..<3 { await fail(circuit) }
        for (pause, next) in [(10, 20), (20, 25), (25, 25)] {
            time.advance(by: .seconds(pause))
            await fail(circuit)
            #expect(await refusal(circuit) == .seconds(next))
        }
    }

    @Test("lets the next call probe when the probe was never made")
    func probeWithoutEvidence() async throws {
        let circuit = circuit()
        for _ in 0..<3 { await fail(circuit) }
        time.advance(by: .seconds(10))
        for _ in 0..<2 {
            guard case .admitted(let pass) = await circuit.admit() else {
                Issue.record("the probe must pass")
                return
            }
            await circuit.record(pass, .noEvidence)
        }
    }

    @Test("stays open as long as the partner asks")
    func retryAfter() async throws {
        let circuit = circuit()
        for _ in 0..<3 { await fail(circuit, retryAfter: .seconds(120)) }
        #expect(await refusal(circuit) == .seconds(120))
    }

    @Test("counts what is the partner's doing, and nothing else", arguments: PartnerError.Kind.allCases)
    func evidence(_ kind: PartnerError.Kind) {
        let isFailing: Bool
        switch kind {
        case .unavailable, .notExecuted, .credentials, .unknownOutcome: isFailing = true
        case .refused, .bug, .malformedAnswer: isFailing = false
        }
        if case .failing = CircuitBreaker.Outcome(PartnerError(.dsco, kind, call: "GET /")) {
            #expect(isFailing)
        } else {
            #expect(!isFailing)
        }
        guard
            case .noEvidence = CircuitBreaker.Outcome(
                PartnerError(.dsco, kind, call: "GET /", code: PartnerError.Code.deadlinePassed))
        else {
            Issue.record("our own deadline is not the partner's doing")
            return
        }
    }
}
