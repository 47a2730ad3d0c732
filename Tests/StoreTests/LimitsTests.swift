import FoundationEssentials
import PostgreSQL
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
    private func claim(_ slots: RemoteSlots, at offset: TimeInterval, capacity: Int = 1, gap: TimeInterval = 0, ticket: Int64 = 1)
        async throws
        -> RemoteSlots.Claim
    {
        try await slots.claim(
            "/list", capacity: capacity, gap: gap, hold: 120, ticket: ticket, now: StoreFixture.noon.addingTimeInterval(offset))
    }

    @Test("No more calls than the capacity; a given back slot is free at once, a forgotten one when its time is up")
    func capacity() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            guard case .granted(let first) = try await claim(slots, at: 0, capacity: 2, ticket: 1) else {
                return #expect(Bool(false))
            }
            guard case .granted(let second) = try await claim(slots, at: 1, capacity: 2, ticket: 2) else {
                return #expect(Bool(false))
            }
            #expect(first.index != second.index)
            #expect(try await claim(slots, at: 2, capacity: 2) == .busy(until: store.now.addingTimeInterval(120)))
            try await slots.release(second, now: store.now.addingTimeInterval(3))
            #expect(
                try await claim(slots, at: 3, capacity: 2, ticket: 3)
                    == .granted(.init(path: "/list", index: second.index, ticket: 3)))
            #expect(
                try await claim(slots, at: 120, capacity: 2, ticket: 4)
                    == .granted(.init(path: "/list", index: first.index, ticket: 4)))
            // Another path has slots of its own.
            let other = try await slots.claim("/create", capacity: 1, gap: 0, hold: 1, ticket: 5, now: store.now)
            #expect(other == .granted(.init(path: "/create", index: 0, ticket: 5)))
        }
    }

    @Test("Starts keep their gap, whoever started")
    func gap() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            _ = try await claim(slots, at: 0, capacity: 10, gap: 0.6)
            #expect(try await claim(slots, at: 0.5, capacity: 10, gap: 0.6) == .busy(until: store.now.addingTimeInterval(0.6)))
            guard case .granted = try await claim(slots, at: 0.6, capacity: 10, gap: 0.6) else { return #expect(Bool(false)) }
        }
    }

    @Test("Who lost a slot cannot free its next holder's; an aborted call keeps it")
    func tenure() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            guard case .granted(let old) = try await claim(slots, at: 0, ticket: 1) else { return #expect(Bool(false)) }
            guard case .granted(let new) = try await claim(slots, at: 121, ticket: 2) else { return #expect(Bool(false)) }
            try await slots.release(old, now: store.now.addingTimeInterval(122))
            #expect(try await claim(slots, at: 122) == .busy(until: store.now.addingTimeInterval(241)))
            try await slots.leave(new, until: store.now.addingTimeInterval(300))
            #expect(try await claim(slots, at: 299) == .busy(until: store.now.addingTimeInterval(300)))
        }
    }

    @Test("Claims at the same moment never get more than the capacity, nor one slot twice")
    func race() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            let granted = try await withThrowingTaskGroup(of: RemoteSlots.Claim.self) { group in
                for ticket in 1...12 { group.addTask { try await claim(slots, at: 0, capacity: 3, ticket: Int64(ticket)) } }
                return try await group.reduce(into: [Int]()) { indexes, claim in
                    if case .granted(let slot) = claim { indexes.append(slot.index) }
                }
            }
            #expect(granted.sorted() == [0, 1, 2])
        }
    }

    @Test("Of claims at the same moment the gap lets one through")
    func raceForGap() async throws {
        try await StoreFixture.run { store in
            let slots = RemoteSlots(store.pool, partner: "lingxing")
            let granted = try await withThrowingTaskGroup(of: RemoteSlots.Claim.self) { group in
                for ticket in 1...8 {
                    group.addTask { try await claim(slots, at: 0, capacity: 10, gap: 1, ticket: Int64(ticket)) }
                }
                return try await group.reduce(0) { count, claim in
                    if case .granted = claim { count + 1 } else { count }
                }
            }
            #expect(granted == 1)
        }
    }
}
