import Domain
import FoundationEssentials
import Pipeline
import PostgreSQL
import TestSupport
import Testing

@testable import Store

@Suite("Runs, and how far a tick is")
struct RunDirectoryTests {
    private func run(
        _ store: StoreFixture, _ tick: String, _ end: RunResult?, at offset: TimeInterval = 0, stage: Stage = .push,
        id: UUID = UUID()
    ) async throws {
        let runs = StageRunStore(store.session)
        let time = store.now.addingTimeInterval(offset)
        try await runs.begin(id, Tick(id: tick, stage: stage, trigger: .manual), worker: "w", now: time)
        if let end { try await runs.end(id, end, counts: ["advanced": 3], now: time) }
    }

    @Test("A run's row tells how it stands")
    func row() async throws {
        try await StoreFixture.run { store in
            try await run(store, "a", RunResult(end: .done))
            try await run(store, "b", nil, at: 1, stage: .ack)
            let id = UUID()
            try await run(store, "c", nil, at: 2, id: id)
            try await StageRunStore(store.session).fail(id, StoreError(.conflict, "in the way"), code: "conflict", now: store.now)
            let runs = try await RunDirectory(store.pool).recent(limit: 10)
            #expect(runs.map(\.state) == [.failed, .running, .done])
            #expect((runs[0].errorCode, runs[0].errorText) == ("conflict", "in the way"))
            #expect(runs[2].counts == ["advanced": 3])
            #expect(try await RunDirectory(store.pool).recent(.ack, limit: 10).map(\.tickID) == ["b"])
        }
    }

    @Test("A tick is pending until its last run has ended for good")
    func verdict() async throws {
        try await StoreFixture.run { store in
            let directory = RunDirectory(store.pool)
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .pending)
            try await run(store, "t", RunResult(end: .done, workLeft: true))
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .pending)
            try await run(store, "t", RunResult(end: .done, gotAll: false), at: 1)
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .pending)
            try await run(store, "t", nil, at: 2)
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .pending)
            try await run(store, "t", RunResult(end: .done), at: 3)
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .done)
            #expect(try await directory.verdict(of: ["t", "u"], now: store.now) == .pending)
            try await run(store, "u", RunResult(end: .failed), at: 4)
            #expect(try await directory.verdict(of: ["t", "u"], now: store.now) == .failed)
        }
    }

    @Test("Open effects of its runs, and orders that nobody has taken up, keep a tick pending")
    func openRows() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1")[0]
            let row = try await store.submission(key, .push, "create", .accepted)
            try await run(store, "t", RunResult(end: .done), id: store.runID)
            let directory = RunDirectory(store.pool)
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .pending)
            try await store.pool.query("update submission set state = 'confirmed' where id = \(row)")
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .done)
            _ = try await OrderActions(store.pool).makeDue(["1"], stage: .push, by: "ann", tickID: "t", now: store.now)
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .pending)
            try await store.set(key, "priority = 0")
            #expect(try await directory.verdict(of: ["t"], now: store.now) == .done)
        }
    }

    @Test("The last fire of a job never goes back, unless it was noted for a time to come")
    func jobFires() async throws {
        try await StoreFixture.run { store in
            let fires = JobFireStore(store.session)
            try await fires.record(.push, firedAt: store.now)
            try await fires.record(.push, firedAt: store.now.addingTimeInterval(-60))
            #expect(try await fires.lastFires() == [.push: store.now])

            try await fires.record(.ack, firedAt: store.now.addingTimeInterval(3600))
            try await fires.cut(at: store.now.addingTimeInterval(1))
            #expect(try await fires.lastFires() == [.push: store.now, .ack: store.now.addingTimeInterval(1)])
        }
    }

    @Test("One delayed continue a stage and shard; one that never came back stands in nobody's way after two minutes")
    func continuations() async throws {
        try await StoreFixture.run { store in
            let continuations = ContinuationStore(store.pool)
            let other = try #require(Shard(index: 1, of: 2))
            #expect(try await continuations.claim(.push, .whole, tickID: "a", now: store.now))
            #expect(try await !continuations.claim(.push, .whole, tickID: "b", now: store.now.addingTimeInterval(119)))
            #expect(try await continuations.claim(.push, other, tickID: "c", now: store.now))
            #expect(try await continuations.claim(.ack, .whole, tickID: "d", now: store.now))
            #expect(try await continuations.claim(.push, .whole, tickID: "e", now: store.now.addingTimeInterval(120)))
            // The lost one turns up after all: the newer stays the outstanding one.
            try await continuations.clear(.push, .whole, tickID: "a")
            #expect(try await !continuations.claim(.push, .whole, tickID: "f", now: store.now.addingTimeInterval(130)))
            try await continuations.clear(.push, .whole, tickID: "e")
            #expect(try await continuations.claim(.push, .whole, tickID: "g", now: store.now.addingTimeInterval(130)))
        }
    }
}

@Suite("A replay by filter is a row that ends when none of its orders is left open")
struct ReplayStoreTests {
    /// What the leading scheduler does.
    private func republish(_ replays: ReplayStore, idle: Set<Stage> = [], now: Date) async throws -> [Tick] {
        var ticks: [Tick] = []
        for replay in try await replays.toPublish(idle: idle, now: now) {
            ticks += try await replays.messages(of: replay, now: now)
            try await replays.published(replay.id, now: now)
        }
        return ticks
    }

    @Test("A message counts as lost soon where nothing waits in the queues, unless a run was at it lately")
    func patience() async throws {
        try await StoreFixture.run { store in
            try await store.put("1")
            let replays = ReplayStore(store.pool)
            _ = try await replays.create(
                "r", stage: .push, filter: .since(store.now), requestedBy: "ann", reason: nil, now: store.now)
            #expect(try await republish(replays, now: store.now).map(\.id) == ["r-0"])
            func later(_ seconds: TimeInterval) -> Date { store.now.addingTimeInterval(seconds) }
            #expect(try await replays.toPublish(idle: [.ack], now: later(45)).isEmpty)
            #expect(try await replays.toPublish(idle: [.push], now: later(44)).isEmpty)
            #expect(try await replays.toPublish(idle: [.push], now: later(45)).map(\.id) == ["r"])

            let (runs, tick) = (StageRunStore(store.session), Tick(id: "r-0", stage: .push, trigger: .replay))
            try await runs.begin(store.runID, tick, worker: "w", now: later(40))
            #expect(try await replays.toPublish(idle: [.push], now: later(400)).isEmpty)
            var failed = RunResult(end: .failed)
            failed.failure = "DSCO did not answer"
            try await runs.end(store.runID, failed, counts: [:], now: later(400))
            let row = try #require(try await store.session.query("select state, error_text from stage_run").first)
            #expect(try row.decode("state", as: String.self) == "failed")
            #expect(try row.decode("error_text", as: String?.self) == "DSCO did not answer")
            // It comes back by itself every half minute, and is no second time under way.
            #expect(try await replays.toPublish(idle: [.push], now: later(84)).isEmpty)
            #expect(try await replays.toPublish(idle: [.push], now: later(86)).map(\.id) == ["r"])
        }
    }

    @Test("A run without its lock is lost: it keeps no replay and nobody waiting")
    func lostRun() async throws {
        try await StoreFixture.run { store in
            let locks: [Stage: Int32] = [.pull: 1, .push: 2]
            let runs = StageRunStore(store.session)
            let (dead, alive, young) = (UUID(), UUID(), UUID())
            let shard = try #require(Shard(index: 1, of: 2))
            let begun = store.now.addingTimeInterval(-60)
            try await runs.begin(dead, Tick(id: "a", stage: .push, trigger: .replay), worker: "w", now: begun)
            #expect(try await LostRuns.note(store.pool, locks: locks, now: store.now) == 1)
            #expect(try await RunDirectory(store.pool).recent(limit: 1).map(\.state) == [.lost])
            #expect(try await RunDirectory(store.pool).verdict(of: ["a"], now: store.now) == .pending)

            // Shard 1 of 2 works under the odd partitions' locks.
            let holder = try await store.database.connect()
            #expect(try await holder.tryAdvisoryLocks(2, [3]) == [3])
            try await runs.begin(alive, Tick(id: "b", stage: .push, trigger: .replay, shard: shard), worker: "w", now: begun)
            try await runs.begin(young, Tick(id: "c", stage: .pull, trigger: .replay), worker: "w", now: store.now)
            #expect(try await LostRuns.note(store.pool, locks: locks, now: store.now) == 0)
            await holder.close()
            try await eventuallyLost(store, locks)
        }
    }

    private func eventuallyLost(_ store: StoreFixture, _ locks: [Stage: Int32]) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try await LostRuns.note(store.pool, locks: locks, now: store.now) == 0 {
            try #require(ContinuousClock.now < deadline, "the server frees a closed session's locks")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test("Ticks of a replay that is over are known, whatever their number; others never are")
    func over() async throws {
        try await StoreFixture.run { store in
            try await store.put("1")
            let replays = ReplayStore(store.pool)
            let id = "0192aaaa-bbbb-cccc-dddd-123456789012"
            _ = try await replays.create(
                id, stage: .push, filter: .since(store.now), requestedBy: "ann", reason: nil, now: store.now)
            #expect(try await !replays.isOver("\(id)-0"))
            try await replays.cancel(id, now: store.now)
            #expect(try await replays.isOver("\(id)-0"))
            #expect(try await !replays.isOver("0192aaaa-bbbb-cccc-dddd"))
            #expect(try await !replays.isOver("another"))
            #expect(try await !replays.isOver("no dash"))
        }
    }

    @Test("A replay of pull goes on where its runs have got to, and counts the minutes")
    func movedWindow() async throws {
        try await StoreFixture.run { store in
            let window = Tick.Window(since: store.now.addingTimeInterval(-7200), until: store.now)
            let replays = ReplayStore(store.pool)
            let replay = try await replays.create(
                "r", stage: .pull, filter: .window(window), requestedBy: "ann", reason: nil, now: store.now)
            #expect((replay.done, replay.total) == (0, 120))
            let read = store.now.addingTimeInterval(-1800)
            try await ReplayStore.moved("r", to: read, on: store.session)
            try await ReplayStore.moved("r", to: read.addingTimeInterval(-600), on: store.session)
            try await ReplayStore.moved("another", to: read, on: store.session)
            let tick = try #require(try await republish(replays, now: store.now).first)
            #expect(tick.window == Tick.Window(since: read.addingTimeInterval(-1), until: window.until))
            #expect(try await replays.open().map(\.done) == [90])
        }
    }

    @Test("The orders are chosen once, in messages of at most a thousand, and published again until a run has taken them up")
    func held() async throws {
        try await StoreFixture.run { store in
            let orders = (1...1005).map { PulledOrder.sample(String($0)) }
            _ = try await store.pull(PulledPage(orders: orders))
            try await store.pool.query(
                "update dsco_order_sync set status = 2, hold_reason = 'cancel_requested', next_attempt = 'infinity'")
            let other = try await store.put("other", status: .pushed)[0]
            let replays = ReplayStore(store.pool)
            let replay = try await replays.create(
                "r", stage: .ack, filter: .held(.cancelRequested), requestedBy: "ann", reason: "they changed their mind",
                now: store.now)
            #expect(replay.total == 1005)

            var ticks = try await republish(replays, now: store.now)
            #expect(ticks.map(\.orders.count) == [1000, 5])
            #expect(ticks.allSatisfy { $0.stage == .ack && $0.trigger == .replay })
            #expect(!ticks.flatMap(\.orders).contains(other.rawValue))
            #expect(try await replays.tickIDs(of: replay) == ticks.map(\.id))
            #expect(try await republish(replays, now: store.now.addingTimeInterval(60)).isEmpty)

            // One message arrives and is worked on; the other is lost.
            _ = try await OrderActions(store.pool).makeDue(
                ticks[0].orders, stage: .ack, by: "ann", tickID: ticks[0].id, now: store.now)
            try await store.pool.query("update dsco_order_sync set priority = 0, next_attempt = 'infinity' where priority = 1")
            ticks = try await republish(replays, now: store.now.addingTimeInterval(ReplayStore.patience))
            #expect(ticks.map(\.orders.count) == [5])
            #expect(try await replays.find("r")?.done == 1000)

            _ = try await OrderActions(store.pool).makeDue(
                ticks[0].orders, stage: .ack, by: "ann", tickID: ticks[0].id, now: store.now)
            try await replays.refresh(now: store.now)
            #expect(try await replays.find("r")?.state == .open)
            // Held again for the same reason, or moved on: taken up all the same.
            try await store.pool.query(
                "update dsco_order_sync set priority = 0, hold_reason = 'cancel_requested' where priority = 1")
            try await replays.refresh(now: store.now)
            let done = try #require(try await replays.find("r"))
            #expect(done.state == .done)
            #expect(done.done == 1005)
            #expect(done.ended == store.now)
        }
    }

    @Test("Since a time: the orders at the stage whose last change is at or after it")
    func since() async throws {
        try await StoreFixture.run { store in
            try await store.put("1", "2", status: .pushed)
            try await store.put("3")
            try await store.set(OrderKey(rawValue: "1"), "updated_at = \(store.now.addingTimeInterval(-1))")
            let replays = ReplayStore(store.pool)
            let replay = try await replays.create(
                "r", stage: .ack, filter: .since(store.now), requestedBy: "ann", reason: nil, now: store.now)
            #expect(try await replays.messages(of: replay, now: store.now).map(\.orders) == [["2"]])
        }
    }

    @Test("A replay of pull reads a window and is done with its run")
    func window() async throws {
        try await StoreFixture.run { store in
            let window = Tick.Window(since: store.now.addingTimeInterval(-3600), until: store.now)
            let replays = ReplayStore(store.pool)
            let replay = try await replays.create(
                "r", stage: .pull, filter: .window(window), requestedBy: "ann", reason: nil, now: store.now)
            let ticks = try await republish(replays, now: store.now)
            #expect(ticks.map(\.window) == [window])
            #expect(try await replays.tickIDs(of: replay) == ["r"])
            let runs = StageRunStore(store.session)
            try await runs.begin(store.runID, ticks[0], worker: "w", now: store.now)
            try await replays.refresh(now: store.now)
            #expect(try await replays.find("r")?.state == .open)
            try await runs.end(store.runID, RunResult(end: .done), counts: [:], now: store.now)
            try await replays.refresh(now: store.now)
            #expect(try await replays.find("r")?.state == .done)
        }
    }

    @Test("A cancelled replay publishes nothing more")
    func cancelled() async throws {
        try await StoreFixture.run { store in
            try await store.put("1")
            let replays = ReplayStore(store.pool)
            _ = try await replays.create(
                "r", stage: .push, filter: .since(store.now), requestedBy: "ann", reason: nil, now: store.now)
            try await replays.cancel("r", now: store.now)
            #expect(try await replays.toPublish(now: store.now).isEmpty)
            #expect(try await replays.recent(limit: 1).map(\.state) == [.cancelled])
        }
    }
}
