import Domain
import Foundation
import Pipeline
import Testing

@Suite("Jobs fire by their cron expressions")
struct TimetableTests {
    /// 2026-01-01 12:00:00 UTC.
    private let noon = Date(timeIntervalSince1970: 1_767_268_800)

    /// Only push is enabled, every five minutes.
    private func timetable(_ adjust: (inout RuntimeConfiguration.Job) -> Void = { _ in }) -> Timetable {
        var configuration = RuntimeConfiguration()
        var push = configuration.job(.push)
        push.isEnabled = true
        adjust(&push)
        configuration.jobs[.push] = push
        return Timetable(configuration)
    }

    private func at(_ seconds: TimeInterval) -> Date { noon.addingTimeInterval(seconds) }

    @Test("A job that never fired waits for its next time")
    func neverFired() {
        let started = at(10)
        #expect(timetable().due(lastFires: [:], started: started, now: at(299)).isEmpty)
        let fires = timetable().due(lastFires: [:], started: started, now: at(300))
        #expect(fires.map(\.stage) == [.push])
        #expect(fires.first?.expiresAt == at(600))
    }

    @Test(
        "A job that fired fires again at its next time, not before",
        arguments: [(0.0, false), (299.9, false), (300, true), (301, true)])
    func next(_ now: TimeInterval, _ fires: Bool) {
        #expect(timetable().due(lastFires: [.push: noon], started: noon, now: at(now)).isEmpty == !fires)
    }

    @Test("Missed fires are made up once, and the tick is good until the next one")
    func missed() {
        let fires = timetable().due(lastFires: [.push: at(-86_400)], started: at(61), now: at(62))
        #expect(fires.count == 1)
        #expect(fires.first?.expiresAt == at(300))
        #expect(timetable().due(lastFires: [.push: at(62)], started: at(61), now: at(62)).isEmpty)
    }

    @Test("A fire goes to every shard")
    func shards() {
        let fires = timetable { $0.shards = 4 }.due(lastFires: [.push: noon], started: noon, now: at(300))
        #expect(fires.first?.shards == Shard.all(4))
    }

    @Test(
        "Disabled and paused jobs are silent; the end of a pause makes up one fire",
        arguments: [(299.0, false), (310, false), (400, true)])
    func paused(_ now: TimeInterval, _ fires: Bool) {
        let paused = timetable { $0.pausedUntil = at(400) }
        #expect(paused.due(lastFires: [.push: noon], started: noon, now: at(now)).isEmpty == !fires)
        let disabled = timetable { $0.isEnabled = false }
        #expect(disabled.due(lastFires: [.push: at(-86_400)], started: noon, now: at(now)).isEmpty)
    }

    @Test("It looks again at the next fire, at the end of a pause, or after the limit")
    func nextLook() {
        #expect(timetable().nextLook(lastFires: [.push: noon], started: noon, now: at(299), limit: 60) == at(300))
        #expect(timetable().nextLook(lastFires: [.push: noon], started: noon, now: at(10), limit: 60) == at(70))
        // A fire that could not be published is due still; it is tried again at the next one or after the limit.
        #expect(timetable().nextLook(lastFires: [.push: at(-600)], started: noon, now: at(10), limit: 60) == at(70))
        let paused = timetable { $0.pausedUntil = at(330) }
        #expect(paused.nextLook(lastFires: [.push: noon], started: noon, now: at(299), limit: 60) == at(330))
        #expect(Timetable(RuntimeConfiguration()).nextLook(lastFires: [:], started: noon, now: noon, limit: 2) == at(2))
    }

    @Test("Jobs fire independently of each other")
    func several() {
        var configuration = RuntimeConfiguration()
        for stage in Stage.allCases { configuration.jobs[stage]?.isEnabled = true }
        let fires = Timetable(configuration).due(
            lastFires: Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0, noon) }), started: noon, now: at(300))
        #expect(Set(fires.map(\.stage)) == Set(Stage.allCases).subtracting([.stock]))
    }
}
