import PartnerHTTP
import Testing

@testable import LingXing

@Suite("Those who wait for a slot", .timeLimit(.minutes(1)))
struct WaitingLineTests {
    private let line = WaitingLine()
    private let later = ContinuousClock.now + .seconds(3600)

    @Test("stand in order of arrival; when the first leaves, the next is first and wakes")
    func order() async throws {
        let (first, second) = (line.join(), line.join())
        #expect(line.isFirst(first) && !line.isFirst(second))
        async let rest: Void = line.rest(second, until: later, .system)
        line.leave(first)
        try await rest
        #expect(line.isFirst(second))
    }

    @Test("who leaves from the middle wakes nobody")
    func middle() async throws {
        let (first, second, third) = (line.join(), line.join(), line.join())
        line.leave(second)
        #expect(line.isFirst(first))
        let start = ContinuousClock.now
        try await line.rest(third, until: start + .milliseconds(30), .system)
        #expect(ContinuousClock.now >= start + .milliseconds(30))
    }

    @Test("a slot that comes free wakes the first, also one that was about to rest")
    func wake() async throws {
        let place = line.join()
        line.wakeFirst()
        try await line.rest(place, until: later, .system)
        async let rest: Void = line.rest(place, until: later, .system)
        line.wakeFirst()
        try await rest
    }

    @Test("a wake counts once")
    func once() async throws {
        let place = line.join()
        line.wakeFirst()
        try await line.rest(place, until: later, .system)
        let start = ContinuousClock.now
        try await line.rest(place, until: start + .milliseconds(30), .system)
        #expect(ContinuousClock.now >= start + .milliseconds(30))
    }

    @Test("one that is cancelled leaves its rest at once")
    func cancelled() async {
        let place = line.join()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await line.rest(place, until: later, .system) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }
}
