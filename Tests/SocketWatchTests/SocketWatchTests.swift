import Dispatch
import Glibc
import NIOConcurrencyHelpers
import SocketWatch
import Testing

@Suite("A watch on a socket", .timeLimit(.minutes(5)))
struct SocketWatchTests {
    private let queue = DispatchQueue(label: "watching")

    @Test("calls whenever there is something to read, as long as there is")
    func readable() async throws {
        let pair = try SocketPair()
        let (calls, call) = AsyncStream<UInt8?>.makeStream()
        let watch = SocketWatch(.readable, of: pair.ours, on: queue) { call.yield(pair.read()) }
        #expect(watch != nil)
        var iterator = calls.makeAsyncIterator()
        pair.write([1, 2])
        #expect(await iterator.next() == 1)
        #expect(await iterator.next() == 2)
        pair.write([3])
        #expect(await iterator.next() == 3)
        pair.hangUp()
        // The end stays readable.
        #expect(await iterator.next() == .some(nil))
        #expect(await iterator.next() == .some(nil))
        withExtendedLifetime(watch) {}
    }

    @Test("calls as soon as there is room to write")
    func writable() async throws {
        let pair = try SocketPair()
        let (calls, call) = AsyncStream<Void>.makeStream()
        let watch = SocketWatch(.writable, of: pair.ours, on: queue) { call.yield() }
        #expect(watch != nil)
        for await _ in calls { break }
        withExtendedLifetime(watch) {}
    }

    @Test("calls no more once it is let go on its queue")
    func letGo() async throws {
        let pair = try SocketPair()
        let (calls, call) = AsyncStream<String>.makeStream()
        let other = DispatchQueue(label: "witnesses"), seen = DispatchGroup()
        await withCheckedContinuation { continuation in
            queue.async { [queue] in
                // The socket's events come in the order of its watches, or in the opposite one: when the witnesses before and after it have
                // been called, its own call waits behind this block.
                let before = Witness(pair, other, seen)
                var watch = SocketWatch(.readable, of: pair.ours, on: queue) { call.yield("the first") }
                let after = Witness(pair, other, seen)
                pair.write([1])
                #expect(seen.wait(timeout: .now() + 30) == .success)
                withExtendedLifetime((before, watch, after)) {}
                watch = nil
                continuation.resume()
            }
        }
        let second = SocketWatch(.readable, of: pair.ours, on: queue) { call.yield("the second") }
        #expect(second != nil)
        for await who in calls {
            #expect(who == "the second")
            break
        }
        withExtendedLifetime(second) {}
    }

    @Test("takes a descriptor of its own: the other may be closed and its number given away")
    func ownDescriptor() async throws {
        let pair = try SocketPair(), other = try SocketPair()
        let (calls, call) = AsyncStream<Void>.makeStream()
        let watch = SocketWatch(.readable, of: pair.ours, on: queue) { call.yield() }
        #expect(watch != nil)
        #expect(dup2(other.ours, pair.ours) == pair.ours)
        pair.write([1])
        for await _ in calls { break }
        withExtendedLifetime(watch) {}
    }

    @Test("many come and go at once, each told of its own end")
    func churn() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                let queue = DispatchQueue(label: "worker \(worker)")
                group.addTask {
                    for round in 0..<500 {
                        let pair = try SocketPair()
                        let (calls, call) = AsyncStream<Int>.makeStream()
                        let watches = (0..<2).map { watch in
                            SocketWatch(.readable, of: pair.ours, on: queue) { call.yield(watch) }
                        }
                        if round.isMultiple(of: 2) { pair.hangUp() } else { pair.write([1]) }
                        var told: Set<Int> = []
                        for await watch in calls {
                            told.insert(watch)
                            if told.count == 2 { break }
                        }
                        #expect(watches.allSatisfy { $0 != nil })
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// Leaves a group when it is first told that there is something to read.
private final class Witness {
    private var watch: SocketWatch?

    init(_ pair: SocketPair, _ queue: DispatchQueue, _ group: DispatchGroup) {
        let isFirst = NIOLockedValueBox(true)
        group.enter()
        watch = SocketWatch(.readable, of: pair.ours, on: queue) {
            let wasFirst = isFirst.withLockedValue { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if wasFirst { group.leave() }
        }
    }
}

/// Two ends of one connection.
private final class SocketPair: Sendable {
    let ours: Int32
    private let theirs: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        (ours, theirs) = (ends[0], ends[1])
    }

    deinit {
        close(ours)
        close(theirs)
    }

    func write(_ bytes: [UInt8]) { #expect(Glibc.write(theirs, bytes, bytes.count) == bytes.count) }

    func hangUp() { #expect(shutdown(theirs, Int32(SHUT_RDWR)) == 0) }

    /// The next byte; `nil` at the end.
    func read() -> UInt8? {
        var byte: UInt8 = 0
        return Glibc.read(ours, &byte, 1) == 1 ? byte : nil
    }
}
