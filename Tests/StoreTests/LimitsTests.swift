import FoundationEssentials
import PostgreSQL
import TestSupport
import Testing

@testable import Store

@Suite("One access token for the whole fleet")
struct AccessTokenStoreTests {
    private let token = Data("the token".utf8)

    @Test("What is stored is sealed: only the same app's secret opens it")
    func sealed() async throws {
        try await StoreFixture.run { store in
            let tokens = AccessTokenStore(store.pool, appID: "app", appSecret: "secret")
            #expect(try await tokens.current() == nil)
            let now = store.now
            _ = try await tokens.renew(now: { now }) { old in
                #expect(old == nil)
                return (token, now)
            }
            #expect(try await tokens.current() == token)
            let stored: Data = try await store.pool.query("select sealed from access_token")[0].decode("sealed")
            #expect(stored.firstRange(of: token) == nil)
            #expect(try await AccessTokenStore(store.pool, appID: "app", appSecret: "changed").current() == nil)
            // A row copied to another app id does not open there either.
            try await store.pool.query("update access_token set app_id = 'other'")
            #expect(try await AccessTokenStore(store.pool, appID: "other", appSecret: "secret").current() == nil)
        }
    }

    @Test("Renewals queue: each sees what the one before stored", .timeLimit(.minutes(1)))
    func oneAtATime() async throws {
        try await StoreFixture.run { store in
            let tokens = AccessTokenStore(store.pool, appID: "app", appSecret: "secret")
            let now = store.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...4 {
                    group.addTask {
                        _ = try await tokens.renew(now: { now }) { old in (Data((old ?? Data()) + [1]), now) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await tokens.current()?.count == 4)
        }
    }

    @Test("A renewal that fails stores nothing and frees the lock", .timeLimit(.minutes(1)))
    func failure() async throws {
        struct Refused: Error {}
        try await StoreFixture.run { store in
            let tokens = AccessTokenStore(store.pool, appID: "app", appSecret: "secret")
            let now = store.now
            await #expect(throws: Refused.self) { try await tokens.renew(now: { now }) { _ in throw Refused() } }
            #expect(try await tokens.current() == nil)
            _ = try await tokens.renew(now: { now }) { _ in (token, now) }
        }
    }
}

@Suite("Slots of a partner's path")
struct RemoteSlotsTests {
    private func claim(
        _ slots: RemoteSlots, _ path: String = "/list", capacity: Int = 1, gap: TimeInterval = 0, patience: TimeInterval = 0.01,
        ticket: Int64 = 1
    ) async throws -> RemoteSlots.Claim {
        try await slots.claim(path, capacity: capacity, gap: gap, hold: 120, patience: patience, ticket: ticket)
    }

    /// As if so many seconds had passed.
    private func pass(_ seconds: Double, _ store: StoreFixture) async throws {
        try await store.pool.query(
            """
            update remote_limit set busy_until = busy_until - \(seconds) * interval '1 second',
                                    started_at = started_at - \(seconds) * interval '1 second'
            """)
    }

    @Test("No more calls than the capacity; a given back slot is free at once, a forgotten one when its time is up")
    func capacity() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            let first = try #require(try await claim(slots, capacity: 2, ticket: 1).slot)
            let second = try #require(try await claim(slots, capacity: 2, ticket: 2).slot)
            #expect(first.index != second.index)
            let wait = try #require(try await claim(slots, capacity: 2).wait)
            #expect(wait > 100 && wait <= 120)
            try await slots.release(second)
            #expect(
                try await claim(slots, capacity: 2, ticket: 3).slot == .init(path: "/list", index: second.index, ticket: 3))
            try await pass(100, store)
            #expect(try await claim(slots, capacity: 2, ticket: 4).slot == nil)
            // The partner allows more now.
            #expect(try await claim(slots, capacity: 3, ticket: 7).slot?.index == 2)
            try await pass(20, store)
            #expect(try await claim(slots, capacity: 2, ticket: 5).slot?.index == first.index)
            // Another path has slots of its own.
            #expect(try await claim(slots, "/create", ticket: 6).slot == .init(path: "/create", index: 0, ticket: 6))
        }
    }

    @Test("Starts keep their gap, whoever starts; each claim gets the next one, unless it is too far away")
    func gap() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            var starts: [Double] = []
            for ticket in 1...3 {
                starts.append(
                    try #require(try await claim(slots, capacity: 10, gap: 60, patience: 125, ticket: Int64(ticket)).start))
            }
            for (start, place) in zip(starts, [0.0, 60, 120]) { #expect(start <= place && start > place - 10) }
            let wait = try #require(try await claim(slots, capacity: 10, gap: 60, patience: 125, ticket: 4).wait)
            #expect(wait > 170 && wait <= 180)
            try await pass(60, store)
            #expect(try await claim(slots, capacity: 10, gap: 60, patience: 125, ticket: 5).start != nil)
        }
    }

    @Test("Who lost a slot cannot free its next holder's; an aborted call keeps it")
    func tenure() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            let old = try #require(try await claim(slots, ticket: 1).slot)
            try await pass(121, store)
            let new = try #require(try await claim(slots, ticket: 2).slot)
            try await slots.release(old)
            #expect(try await claim(slots, ticket: 3).slot == nil)
            try await slots.release(new, after: 60)
            try await pass(50, store)
            #expect(try await claim(slots, ticket: 4).slot == nil)
            try await pass(10, store)
            #expect(try await claim(slots, ticket: 5).slot != nil)
        }
    }

    @Test("A claim that meets the late word of an aborted call does not get its slot", .timeLimit(.minutes(1)))
    func lateWord() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            let old = try #require(try await claim(slots, ticket: 1).slot)
            try await pass(121, store)
            let releaser = try await store.database.connect()
            try await releaser.query("begin")
            try await releaser.query("update remote_limit set busy_until = clock_timestamp() + interval '60 seconds'")
            async let next = claim(slots, ticket: 2)
            try await store.waitForBlocked(1)
            try await releaser.query("commit")
            #expect(try await next.wait ?? 0 > 50, "slot \(old.index) is taken until LingXing has let go of it")
            await releaser.close()
        }
    }

    @Test("Who is cancelled gives back all the same")
    func cancelled() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            let slot = try #require(try await claim(slots, ticket: 1).slot)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled { await Task.yield() }
                    try? await slots.release(slot)
                }
                group.cancelAll()
            }
            let next = try await claim(slots, ticket: 2)
            #expect(next.slot != nil)
        }
    }

    @Test("Claims at the same moment never get more than the capacity, nor one slot twice")
    func race() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            // The first time the path has no slots yet.
            for _ in 1...3 {
                let taken = try await granted(slots, 12, capacity: 3).compactMap(\.slot)
                #expect(taken.map(\.index).sorted() == [0, 1, 2])
                for slot in taken { try await slots.release(slot) }
            }
        }
    }

    @Test("Claims at the same moment get starts of their own")
    func raceForGap() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            // Each time the path is new.
            for round in 1...20 {
                let claims = try await granted(slots, 8, of: "/\(round)", capacity: 10, gap: 60, patience: 1000)
                let starts = claims.compactMap(\.start).sorted()
                #expect(starts.count == 8)
                for (early, late) in zip(starts, starts.dropFirst()) { #expect(late - early > 50) }
            }
        }
    }

    private func granted(
        _ slots: RemoteSlots, _ count: Int, of path: String = "/list", capacity: Int, gap: TimeInterval = 0,
        patience: TimeInterval = 0.01
    ) async throws -> [RemoteSlots.Claim] {
        try await withThrowingTaskGroup(of: RemoteSlots.Claim.self) { group in
            for ticket in 1...count {
                group.addTask {
                    try await claim(slots, path, capacity: capacity, gap: gap, patience: patience, ticket: Int64(ticket))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

extension RemoteSlots.Claim {
    fileprivate var slot: RemoteSlots.Slot? { if case .granted(let slot, _) = self { slot } else { nil } }
    fileprivate var start: TimeInterval? { if case .granted(_, let delay) = self { delay } else { nil } }
    fileprivate var wait: TimeInterval? { if case .busy(let wait) = self { wait } else { nil } }
}
