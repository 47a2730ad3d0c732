import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import Testing

@testable import Store

@Suite("Holds and marks lose none of each other")
struct HoldsTogetherTests {
    private func cancelled(_ id: String, _ status: Order.DSCOStatus = .cancelled, after seconds: TimeInterval = 60) -> PulledOrder
    {
        .sample(id, updated: StoreFixture.noon.addingTimeInterval(seconds)) { $0.dscoStatus = status }
    }

    private func marks(_ store: StoreFixture, _ key: OrderKey) async throws -> [HoldReason] {
        guard let json = try await store.column(key, "mark", as: PostgresJSON?.self) else { return [] }
        return try StoreDecoding.marks(json.text).map(\.hold.reason)
    }

    private func actions(_ store: StoreFixture) -> OrderActions { OrderActions(store.pool) }

    @Test("What a person stopped stays stopped when DSCO cancels and takes it back", arguments: [true, false])
    func operatorFirst(_ isTakenBack: Bool) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            _ = try await actions(store).hold(key, reason: "stop", by: "ann", now: store.now)
            _ = try await store.pull(PulledPage(orders: [cancelled("1")]))
            #expect(try await store.state(key).hold?.reason == .byOperator)
            #expect(try await store.state(key).hold?.by == "ann")
            #expect(try await marks(store, key) == [.cancelledAtDSCO])

            if isTakenBack {
                _ = try await store.pull(PulledPage(orders: [cancelled("1", .created, after: 120)]))
                #expect(try await store.state(key).hold?.reason == .byOperator)
                #expect(try await marks(store, key).isEmpty)
            }
            _ = try await actions(store).release(key, reason: "go", by: "ann", now: store.now)
            let view = try await store.state(key)
            #expect(view.hold?.reason == (isTakenBack ? nil : .cancelledAtDSCO))
            #expect(view.nextAttempt == (isTakenBack ? store.now : nil))
            #expect(try await marks(store, key).isEmpty)
            guard !isTakenBack else { return }
            #expect(try await store.kinds(key).suffix(2) == ["released", "held"])
            // Each is released by itself.
            _ = try await actions(store).release(key, reason: "all the same", by: "ann", now: store.now)
            #expect(try await store.state(key).hold == nil)
            #expect(try await store.state(key).nextAttempt == store.now)
        }
    }

    @Test("A person who stops an order that DSCO cancelled lifts the cancellation's hold by no means")
    func operatorSecond() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            _ = try await store.pull(PulledPage(orders: [cancelled("1")]))
            #expect(try await store.state(key).hold?.reason == .cancelledAtDSCO)
            _ = try await actions(store).hold(key, reason: "stop", by: "ann", now: store.now)
            #expect(try await store.state(key).hold?.reason == .byOperator)
            _ = try await actions(store).release(key, reason: "go", by: "ann", now: store.now)
            #expect(try await store.state(key).hold?.reason == .cancelledAtDSCO)
        }
    }

    @Test("A replay releases the hold it finds; what stood beneath comes up and is not run over")
    func replay() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            _ = try await actions(store).hold(key, reason: "stop", by: "ann", now: store.now)
            _ = try await store.pull(PulledPage(orders: [cancelled("1")]))
            _ = try await actions(store).makeDue(["1"], stage: .ack, by: "ann", tickID: "t", now: store.now)
            let view = try await store.state(key)
            #expect((view.hold?.reason, view.nextAttempt) == (.cancelledAtDSCO, nil))
            #expect(try await store.ledger().claim(limit: 9, now: .distantFuture).count == 0)
        }
    }

    @Test(
        "Two marks on an effect under way are both applied, whichever came first", arguments: [true, false],
        [OrderStatus.pulled, .pushed])
    func marksTogether(_ operatorFirst: Bool, _ status: OrderStatus) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: status)[0]
            let stage: Stage = status == .pulled ? .push : .ack
            let id = try await store.submission(key, stage, "x", .accepted)
            if operatorFirst { _ = try await actions(store).hold(key, reason: "stop", by: "ann", now: store.now) }
            _ = try await store.pull(PulledPage(orders: [cancelled("1")]))
            if !operatorFirst { _ = try await actions(store).hold(key, reason: "stop", by: "ann", now: store.now) }
            #expect(Set(try await marks(store, key)) == [.byOperator, .cancelledAtDSCO])

            // The effect did not happen: at status 1 the cancellation is the end of it.
            let change = OrderChange(
                order: key, status: status, submissions: [SubmissionChange(id: id, state: .rejected)],
                outcome: .wait(.backingOff, until: store.now, rechecks: 0))
            try await store.ledger(stage).settle([change], now: store.now)
            let view = try await store.state(key)
            if status == .pulled {
                #expect((view.status, view.hold) == (.cancelled, nil))
                #expect(try await marks(store, key).isEmpty)
            } else {
                #expect(view.hold?.reason == .byOperator)
                #expect(try await marks(store, key) == [.cancelledAtDSCO])
            }
            #expect(view.nextAttempt == nil)
        }
    }

    @Test("A cancellation that is taken back before the effect is settled leaves no mark")
    func takenBackUnderWay() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            try await store.submission(key, .ack, "x", .accepted)
            _ = try await store.pull(PulledPage(orders: [cancelled("1")]))
            #expect(try await marks(store, key) == [.cancelledAtDSCO])
            _ = try await store.pull(PulledPage(orders: [cancelled("1", .created, after: 120)]))
            #expect(try await marks(store, key).isEmpty)
        }
    }

    @Test("A mark as former versions wrote it is still applied")
    func formerFormat() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .pushed)[0]
            try await store.set(key, "mark = '{\"hold\":{\"reason\":\"by_operator\",\"facts\":\"\"},\"by\":\"ann\"}'")
            try await store.ledger().settle([OrderChange(order: key, status: .pushed, outcome: .advance)], now: store.now)
            #expect(try await store.state(key).hold?.reason == .byOperator)
        }
    }
}
