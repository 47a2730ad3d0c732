import Domain
import Foundation
import Pipeline
import Testing

enum RunEnd: String, CaseIterable { case done, workLeft, openRows, failed, lockedOut, partly }
enum Aftermath: String { case ack, drop, continueNow, sameNow, sameLater, continueLater }

private let table: [(trigger: Tick.Trigger, after: [RunEnd: Aftermath])] = [
    (
        .schedule,
        [.done: .ack, .workLeft: .continueNow, .openRows: .continueLater, .failed: .ack, .lockedOut: .drop, .partly: .ack]
    ),
    (
        .continuation,
        [.done: .ack, .workLeft: .continueNow, .openRows: .continueLater, .failed: .ack, .lockedOut: .sameLater, .partly: .ack]
    ),
    (
        .manual,
        [
            .done: .ack, .workLeft: .sameNow, .openRows: .continueLater, .failed: .sameLater, .lockedOut: .sameLater,
            .partly: .sameLater,
        ]
    ),
    (
        .replay,
        [
            .done: .ack, .workLeft: .sameNow, .openRows: .continueLater, .failed: .sameLater, .lockedOut: .sameLater,
            .partly: .sameLater,
        ]
    ),
]

/// Reads like design 4: what becomes of a tick after its run.
@Suite("What a run publishes before its tick is acknowledged")
struct AfterRunTests {
    private func result(_ end: RunEnd) -> RunResult {
        switch end {
        case .done: RunResult(end: .done)
        case .workLeft: RunResult(end: .done, workLeft: true, openRows: true)
        case .openRows: RunResult(end: .done, openRows: true)
        case .failed: RunResult(end: .failed, workLeft: true, openRows: true)
        case .lockedOut: RunResult(end: .lockedOut, gotAll: false)
        case .partly: RunResult(end: .done, gotAll: false)
        }
    }

    private func then(_ after: AfterRun, _ tick: Tick) -> Aftermath? {
        switch after {
        case .acknowledge: .ack
        case .drop: .drop
        case .carryOn(let next): next == tick ? .sameNow : next.trigger == .continuation && next.id == "new" ? .continueNow : nil
        case .putOff(let next): next == tick ? .sameLater : nil
        case .confirmLater(let next): next.trigger == .continuation && next.id == "new" ? .continueLater : nil
        }
    }

    @Test("By trigger and end of the run", arguments: Tick.Trigger.allCases, RunEnd.allCases)
    func plan(_ trigger: Tick.Trigger, _ end: RunEnd) throws {
        let tick = Tick(id: "old", stage: .ship, trigger: trigger, shard: Shard(index: 1, of: 4)!)
        let after = AfterRun.plan(tick, redelivered: false, result: result(end), newID: "new")
        #expect(then(after, tick) == table.first { $0.trigger == trigger }?.after[end])
    }

    @Test("A scheduled tick that was delivered before is not dropped: its holder may be dead")
    func redelivered() {
        let tick = Tick(id: "old", stage: .ship, trigger: .schedule)
        #expect(AfterRun.plan(tick, redelivered: true, result: result(.lockedOut), newID: "new") == .putOff(tick))
    }

    @Test("A continuation covers the same shard, and never expires")
    func continuation() {
        let shard = Shard(index: 3, of: 8)!
        let tick = Tick(id: "old", stage: .ack, trigger: .schedule, shard: shard, expiresAt: .distantPast)
        let expected = Tick(id: "new", stage: .ack, trigger: .continuation, shard: shard)
        #expect(AfterRun.plan(tick, redelivered: false, result: result(.workLeft), newID: "new") == .carryOn(expected))
        #expect(AfterRun.plan(tick, redelivered: false, result: result(.openRows), newID: "new") == .confirmLater(expected))
    }

    @Test("What a person began comes back after a failure, also as a continuation")
    func failedContinuation() {
        let tick = Tick(id: "old", stage: .ack, trigger: .continuation, orders: ["a"], requestedBy: "ann")
        #expect(AfterRun.plan(tick, redelivered: false, result: RunResult(end: .failed), newID: "new") == .putOff(tick))
    }

    @Test("What is left of a replay keeps its trigger and id, with the orders that remain")
    func remaining() {
        let tick = Tick(id: "old", stage: .ack, trigger: .replay, orders: ["a", "b", "c"], requestedBy: "ann")
        var rest = tick
        rest.orders = ["c"]
        let result = RunResult(end: .done, workLeft: true, remainingOrders: ["c"])
        #expect(AfterRun.plan(tick, redelivered: false, result: result, newID: "new") == .carryOn(rest))
    }

    @Test("What is left of a window goes on from where the run has got to, also when a later try fails")
    func window() {
        func time(_ hour: Double) -> Date { Date(timeIntervalSince1970: hour * 3600) }
        let tick = Tick(
            id: "old", stage: .pull, trigger: .replay, window: Tick.Window(since: time(0), until: time(10)), requestedBy: "ann")
        var rest = tick
        rest.window = Tick.Window(since: time(4), until: time(10))
        var result = RunResult(end: .done, workLeft: true, remainingWindow: rest.window)
        #expect(AfterRun.plan(tick, redelivered: false, result: result, newID: "new") == .carryOn(rest))
        #expect(AfterRun.plan(rest, redelivered: false, result: RunResult(end: .failed), newID: "new") == .putOff(rest))
        result.end = .failed
        #expect(AfterRun.plan(tick, redelivered: false, result: result, newID: "new") == .putOff(rest))
        var typed = tick
        typed.trigger = .schedule
        result.end = .done
        let expected = Tick(id: "new", stage: .pull, trigger: .continuation, window: rest.window, requestedBy: "ann")
        #expect(AfterRun.plan(typed, redelivered: false, result: result, newID: "new") == .carryOn(expected))
    }

    @Test("A failed run that knows which orders it has done comes back for the others alone; one that does not, for all")
    func failedForSome() {
        let tick = Tick(id: "old", stage: .pull, trigger: .replay, orders: ["a", "b"])
        var rest = tick
        rest.orders = ["b"]
        let some = RunResult(end: .failed, remainingOrders: ["b"])
        #expect(AfterRun.plan(tick, redelivered: false, result: some, newID: "new") == .putOff(rest))
        #expect(AfterRun.plan(tick, redelivered: false, result: RunResult(end: .failed), newID: "new") == .putOff(tick))
    }

    @Test(
        "A person's run leaves a continuation for the same orders, in the person's name: it works although the job is paused",
        arguments: [
            ("ann" as String?, "ann"), (nil, "replay"),
        ])
    func confirming(_ requestedBy: String?, _ by: String) {
        let tick = Tick(id: "old", stage: .ack, trigger: .replay, orders: ["a"], requestedBy: requestedBy)
        let expected = Tick(id: "new", stage: .ack, trigger: .continuation, orders: ["a"], requestedBy: by)
        #expect(AfterRun.plan(tick, redelivered: false, result: result(.openRows), newID: "new") == .confirmLater(expected))
        let again = Tick(id: "new2", stage: .ack, trigger: .continuation, orders: ["a"], requestedBy: by)
        #expect(AfterRun.plan(expected, redelivered: false, result: result(.openRows), newID: "new2") == .confirmLater(again))
    }
}
