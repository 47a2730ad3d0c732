import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import TestSupport
import Testing

@testable import Store

/// Design 7.1: intents, pull and people take the order's row lock, so each sees the whole of what the one before it did.
@Suite("Stages, pull and people on one order at the same instant go one after the other", .timeLimit(.minutes(2)))
struct RowLockTests {
    private static let cancelled = PulledOrder.sample("1", updated: StoreFixture.noon.addingTimeInterval(60)) {
        $0.dscoStatus = .cancelled
    }

    /// Holds the order's row until everyone waits for it, then lets them go in whatever order the server likes.
    private func together(_ store: StoreFixture, _ key: OrderKey, _ bodies: [@Sendable () async throws -> Void]) async throws {
        let gatekeeper = try await store.database.connect()
        _ = try await gatekeeper.query("begin")
        _ = try await gatekeeper.query("select 1 from dsco_order_sync where order_key = \(key.rawValue) for update")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for body in bodies { group.addTask { try await body() } }
            // A second waiter queues behind the first: both show as waiting for a lock.
            try await store.waitForBlocked(bodies.count)
            _ = try await gatekeeper.query("commit")
            try await group.waitForAll()
        }
        await gatekeeper.close()
    }

    @Test("An intent, pull's cancellation and a person's hold: whoever is later finds what the earlier did", arguments: 1...6)
    func serialised(_ round: Int) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let intent = try await store.intent(key)
            let (ack, puller) = (try await store.database.connect(), try await store.database.connect())
            let wroteIntent = Flag()
            try await together(
                store, key,
                [
                    {
                        let rows = try await RunLedger(session: ack, stage: .ack, runID: UUID(), partitions: Array(Partition.all))
                            .intend([intent], deadline: store.now.addingTimeInterval(60), now: store.now).rows
                        if !rows.isEmpty { await wroteIntent.set() }
                    },
                    {
                        _ = try await PullStore(session: puller, runID: UUID(), recheck: 60, decode: PulledOrder.decode).store(
                            PulledPage(orders: [Self.cancelled]), now: store.now)
                    },
                    { _ = try await OrderActions(store.pool).hold(key, reason: "stop", by: "ann", now: store.now) },
                ])
            let isOpen = try await store.count("select count(*) from submission where state = 'intended'") == 1
            #expect(isOpen == (await wroteIntent.isSet))
            let view = try await store.state(key)
            let mark = try await store.column(key, "mark", as: PostgresJSON?.self)
            let marks = try mark.map { try StoreDecoding.marks($0.text).map(\.hold.reason) } ?? []
            if isOpen {
                // The permission was given first, so both left marks; an order that is held is never sent.
                #expect(view.hold == nil)
                #expect(Set(marks) == [.byOperator, .cancelledAtDSCO])
            } else {
                #expect(view.hold?.reason == .byOperator)
                #expect(marks == [.cancelledAtDSCO])
            }
            await ack.close()
            await puller.close()
        }
    }

    @Test(
        "Two runs that hold one claim of an order, of one stage or of two: one writes its intent, the other nothing",
        arguments: [true, false])
    func twoRuns(_ isSameStage: Bool) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            let intent = try await store.intent(key)
            let other = isSameStage ? intent : try await store.intent(key, status: .acknowledged)
            let (one, two) = (try await store.database.connect(), try await store.database.connect())
            let written = Counter()
            try await together(
                store, key,
                [
                    {
                        await written.add(
                            try await RunLedger(session: one, stage: .ack, runID: UUID(), partitions: []).intend(
                                [intent], deadline: store.now.addingTimeInterval(60), now: store.now
                            ).rows.count)
                    },
                    {
                        await written.add(
                            try await RunLedger(session: two, stage: isSameStage ? .ack : .ship, runID: UUID(), partitions: [])
                                .intend(
                                    [other], deadline: store.now.addingTimeInterval(60), now: store.now
                                ).rows.count)
                    },
                ])
            #expect(await written.value == 1)
            #expect(try await store.states(key) == ["ack intended"])
            await one.close()
            await two.close()
        }
    }
}

private actor Flag {
    private(set) var isSet = false

    func set() { isSet = true }
}

private actor Counter {
    private(set) var value = 0

    func add(_ more: Int) { value += more }
}
