import DSCO
import PartnerTestSupport
import Testing

@Suite("The rate limit of a DSCO call")
struct CallLimiterTests {
    @Test("holds in every second and every minute, however many ask at once", arguments: DSCOEndpoint.allCases)
    func bounds(_ endpoint: DSCOEndpoint) async throws {
        let time = ManualClock()
        let limiter = InProcessCallLimiter(clock: time.clock)
        var starts: [ContinuousClock.Instant] = []
        for index in 0..<1500 {
            if index == 400 { time.advance(by: .seconds(90)) }  // an idle time fills the buckets again
            try await limiter.acquire(endpoint, before: nil)
            starts.append(time.now)
        }
        for (window, limit) in [
            (Duration.seconds(1), endpoint.rateLimit.perSecond), (.seconds(60), endpoint.rateLimit.perMinute),
        ] {
            var first = 0
            for (index, start) in starts.enumerated() {
                while start - starts[first] >= window { first += 1 }
                #expect(index - first + 1 <= limit, "\(endpoint.rawValue) within \(window)")
            }
        }
        // Not slower than half of what is allowed.
        #expect(starts[1499] - starts[400] < .seconds(60) * 1100 / endpoint.rateLimit.perMinute * 2)
    }

    @Test("is told at once when no slot comes free in time, and then takes none")
    func noSlot() async throws {
        let time = ManualClock()
        let limiter = InProcessCallLimiter(clock: time.clock)
        let deadline = time.now + .milliseconds(100)
        try await limiter.acquire(.shipments, before: deadline)
        for _ in 0..<3 {
            await #expect(throws: CallLimitError.self) { try await limiter.acquire(.shipments, before: deadline) }
        }
        #expect(time.slept.isEmpty)
        try await limiter.acquire(.shipments, before: nil)
        #expect(time.slept.count == 1)
        #expect(time.slept[0] < .milliseconds(500))
    }

    @Test("is kept per call")
    func perCall() async throws {
        let time = ManualClock()
        let limiter = InProcessCallLimiter(clock: time.clock)
        for endpoint in DSCOEndpoint.allCases { try await limiter.acquire(endpoint, before: nil) }
        #expect(time.slept.isEmpty)
    }
}
