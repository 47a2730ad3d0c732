import PartnerHTTP
import PartnerTestSupport
import Testing

@Suite("Calling a partner")
struct PartnerCallerTests {
    private let time = ManualClock()

    private func perform(
        _ transport: ScriptedTransport, isRead: Bool = true, deadline: ContinuousClock.Instant? = nil, attempts: Int = 3
    ) async throws(PartnerError) -> Int {
        let backoff = Backoff(base: .seconds(1), limit: .seconds(3), attempts: attempts, jitter: { 1 })
        let caller = PartnerCaller(.dsco, transport: transport, backoff: backoff, clock: time.clock)
        let call = PartnerCall(
            method: "GET", path: "/x", isRead: isRead, deadlines: Deadlines(timeout: .seconds(5), permit: deadline))
        return try await caller.perform(
            call,
            prepare: { () throws(PartnerError) in
                PartnerRequest(method: "GET", url: "http://h/x?k=v", deadline: .now, isRead: false, call: "wrong")
            },
            understand: { response throws(PartnerError) in
                guard response.status != 429 else {
                    throw PartnerError(
                        .dsco, isRead ? .unavailable : .notExecuted, call: "GET /x",
                        retryAfter: response.retryAfter(now: time.clock.date()))
                }
                return response.status
            })
    }

    @Test("repeats a failed read with growing pauses")
    func repeatsReads() async throws {
        let down = ScriptedTransport.failure(.dsco, .unavailable)
        let transport = ScriptedTransport([down, down, ScriptedTransport.answer(200)])
        #expect(try await perform(transport) == 200)
        #expect(time.slept == [.seconds(1), .seconds(2)])
        #expect(transport.sent.allSatisfy { $0.isRead && $0.call == "GET /x" })
    }

    @Test("gives up after the last attempt, or when the caller's time is over")
    func givesUp() async throws {
        let transport = ScriptedTransport([], otherwise: ScriptedTransport.failure(.dsco, .unavailable))
        await #expect(throws: PartnerError.self) { try await perform(transport) }
        #expect(transport.sent.count == 3)
        await #expect(throws: PartnerError.self) { try await perform(transport, deadline: time.now + .milliseconds(500)) }
        #expect(transport.sent.count == 4)
    }

    @Test("waits as long as the partner asks, and hands a long wait back to the caller")
    func retryAfter() async throws {
        let transport = ScriptedTransport([
            ScriptedTransport.answer(429, headers: [("Retry-After", "9")]), ScriptedTransport.answer(200),
        ])
        #expect(try await perform(transport) == 200)
        #expect(time.slept == [.seconds(9)])
        let long = ScriptedTransport([ScriptedTransport.answer(429, headers: [("Retry-After", "600")])])
        let error = try await #require(throws: PartnerError.self) { try await perform(long) }
        #expect(error.retryAfter == .seconds(600))
        #expect(time.slept.count == 1)
    }

    @Test(
        "never repeats what it must not",
        arguments: [PartnerError.Kind.unknownOutcome, .credentials, .refused, .malformedAnswer, .bug])
    func once(_ kind: PartnerError.Kind) async throws {
        let transport = ScriptedTransport([], otherwise: ScriptedTransport.failure(.dsco, kind))
        let error = try await #require(throws: PartnerError.self) { try await perform(transport, isRead: false) }
        #expect(error.kind == kind)
        #expect(transport.sent.count == 1)
    }

    @Test("makes no write once the locks may be lost, not even as a repeat; reads go on")
    func lease() async throws {
        let transport = ScriptedTransport(
            [ScriptedTransport.answer(429, headers: [("Retry-After", "9")])], otherwise: ScriptedTransport.answer(200))
        // Lost while the caller waits to repeat.
        let time = time
        let error = try await WriteLease.$current.withValue(WriteLease { time.slept.isEmpty }) {
            try await #require(throws: PartnerError.self) { try await perform(transport, isRead: false) }
        }
        #expect((error.code, error.kind, error.isOurOwn) == (PartnerError.Code.lockLost, .notExecuted, true))
        #expect(transport.sent.count == 1)
        let status = try await WriteLease.$current.withValue(WriteLease { false }) { try await perform(transport) }
        #expect(status == 200)
    }
}

@Suite("Backoff")
struct BackoffTests {
    @Test("doubles up to its limit, between half and the whole step", arguments: [0.0, 0.5, 1.0])
    func steps(_ jitter: Double) {
        let backoff = Backoff(base: .seconds(1), limit: .seconds(6), jitter: { jitter })
        for (attempt, step) in [(1, 1), (2, 2), (3, 4), (4, 6), (99, 6)] {
            #expect(backoff.pause(afterAttempt: attempt) == .seconds(step) * (0.5 + jitter / 2))
        }
        #expect(backoff.pause(afterAttempt: 1, askedFor: .seconds(30)) == .seconds(30))
    }
}
