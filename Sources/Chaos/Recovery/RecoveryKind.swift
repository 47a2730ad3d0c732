/// What the fleet recovers from, and from when until when the clock runs.
enum RecoveryKind: String, Sendable, CaseIterable {
    /// From the death of a worker in mid-run until another one works on its share.
    case workerKilled = "worker killed, its work taken over"
    case workerFrozen = "worker frozen, its work taken over"
    /// From the death of the leader until the next tick is due and published.
    case schedulerKilled = "leading scheduler killed, ticks again"
    case schedulerFrozen = "leading scheduler frozen, ticks again"
    /// From the server's answering again until every stage has begun a run.
    case brokerBack = "broker back, every stage at work"
    case databaseBack = "database back, every stage at work"

    /// Seconds in which each is to be over (the goal of the whole belt).
    static let goal = 10.0
}

/// How long recoveries took, in seconds.
struct RecoveryTimes: Sendable {
    let kind: RecoveryKind
    let seconds: [Double]

    var least: Double { seconds.min() ?? 0 }
    var most: Double { seconds.max() ?? 0 }

    /// Of an even number of times, the later of the two in the middle.
    var median: Double { seconds.isEmpty ? 0 : seconds.sorted()[seconds.count / 2] }

    var meetsGoal: Bool { most <= RecoveryKind.goal }
}
