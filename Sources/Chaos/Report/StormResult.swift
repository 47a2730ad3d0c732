import Rehearsal

/// What a storm came to.
struct StormResult: Sendable {
    let settings: StormSettings
    let notes: Diary.Notes
    let evidence: Evidence
    let findings: [Finding]
    /// Seconds that the storm lasted.
    let storm: Double
    /// Seconds until everything was as it should be; nil when it never was.
    let settled: Double?
    let effects: [String: Int]
    let ends: [Member.End]
    /// By dscoOrderId, of orders that are not as they should be.
    let timelines: [String: String]

    var isGood: Bool { findings.isEmpty }

    var command: String { "ops/chaos --minutes \(settings.minutes.short) --seed \(settings.seed)" }

    /// With the processes that did not end as they should when the fleet was stopped.
    func with(ends: [Member.End]) -> StormResult {
        let known = Set(evidence.uncalledEnds)
        let late = ends.filter(\.isUncalledFor).map { "\($0.name) ended by itself: \($0.exit)" }.filter { !known.contains($0) }
        return StormResult(
            settings: settings, notes: notes, evidence: evidence, findings: findings + late.map { Finding(.processes, $0) },
            storm: storm, settled: settled, effects: effects, ends: ends, timelines: timelines)
    }

    /// How many orders had which outcome.
    var outcomes: [(name: String, count: Int)] {
        Dictionary(grouping: evidence.orders.map(\.outcome)) { $0 }.map { ($0.key, $0.value.count) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }
}
