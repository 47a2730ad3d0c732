import NIOCore
import Testing

@testable import Chaos

@Suite("A link", .timeLimit(.minutes(1)))
struct LinkTests {
    /// Runs the body with a caller that talks to a shouter by way of a link.
    private func withLink(_ body: (Link, Caller, Shouter, Int) async throws -> Void) async throws {
        let shouter = try await Shouter.open()
        let link = Link(.dsco, to: shouter.port)
        let port = try await link.open()
        let caller = try await Caller.connect(to: port)
        try await body(link, caller, shouter, port)
        await link.close()
        try await shouter.close()
    }

    @Test("passes everything as long as nobody strikes")
    func passes() async throws {
        try await withLink { _, caller, shouter, _ in
            caller.say("one")
            #expect(await caller.next() == "ONE")
            caller.say("two")
            #expect(await caller.next() == "TWO")
            #expect(shouter.text == "onetwo")
        }
    }

    @Test("cuts a request before a byte of it arrives, and then no other")
    func cutsBefore() async throws {
        try await withLink { link, caller, shouter, port in
            caller.say("one")
            #expect(await caller.next() == "ONE")
            try await link.strike(.cutBefore(requests: 1))
            caller.say("two")
            #expect(await caller.rest() == "")
            #expect(shouter.text == "one")
            let other = try await Caller.connect(to: port)
            other.say("three")
            #expect(await other.next() == "THREE")
        }
    }

    @Test("cuts the answer to a request that arrived")
    func cutsAfter() async throws {
        try await withLink { link, caller, shouter, _ in
            try await link.strike(.cutAfter(requests: 1))
            caller.say("one")
            #expect(await caller.rest() == "")
            #expect(shouter.text == "one")
        }
    }

    @Test("ends an answer midway")
    func cutsMidway() async throws {
        try await withLink { link, caller, _, _ in
            try await link.strike(.cutMidway(requests: 1, bytes: 4))
            caller.say("partly")
            #expect(await caller.rest() == "PART")
        }
    }

    @Test("resets connections that do nothing")
    func cuts() async throws {
        try await withLink { link, caller, _, _ in
            caller.say("one")
            #expect(await caller.next() == "ONE")
            try await link.strike(.cut)
            #expect(await caller.rest() == "")
        }
    }

    @Test("swallows what is sent into a black hole, and resets its connections in the end")
    func blackHole() async throws {
        try await withLink { link, caller, shouter, port in
            caller.say("one")
            #expect(await caller.next() == "ONE")
            link.setBlackHole(true)
            caller.say("two")
            async let end = caller.rest()
            try await link.strike(.blackHole(seconds: 0.2))
            #expect(await end == "")
            #expect(shouter.text == "one")
            let other = try await Caller.connect(to: port)
            other.say("three")
            #expect(await other.next() == "THREE")
        }
    }

    @Test("delays what passes, both ways, and keeps its order")
    func delays() async throws {
        try await withLink { link, caller, shouter, _ in
            caller.say("one")
            #expect(await caller.next() == "ONE")
            link.setDelay(.milliseconds(100))
            let start = ContinuousClock.now
            caller.say("two")
            #expect(await caller.next() == "TWO")
            #expect(ContinuousClock.now - start >= .milliseconds(200))
            for word in ["three", "four", "five"] { caller.say(word) }
            var heard = ""
            while heard != "THREEFOURFIVE", let piece = await caller.next() { heard += piece }
            #expect(heard == "THREEFOURFIVE")
            #expect(shouter.text == "onetwothreefourfive")
        }
    }
}
