package import DSCO
package import FoundationEssentials
package import StageRunner

/// Where in a change log the rows of effects without a request id stand: around the time of their sending (DSCO contract 2 and 8).
package enum LogWindow {
    /// How far DSCO's clock may be off ours.
    private static let skew: TimeInterval = 60
    /// How long DSCO keeps rows.
    private static let retention: TimeInterval = 14 * 86_400

    /// - Parameter deadlines: the ends of the effects' permissions to send.
    /// - Returns: the queries that cover them all, in order; overlapping windows are one.
    package static func covering(_ deadlines: [Date], _ timing: EffectTiming, now: Date) -> [ChangeLogQuery] {
        var windows: [(start: Date, end: Date)] = []
        for deadline in deadlines.sorted() {
            let start = timing.earliest(deadline).addingTimeInterval(-skew)
            // DSCO may have worked through it long after it took it.
            let end = min(now, deadline.addingTimeInterval(timing.logPatience)).addingTimeInterval(1)
            guard end > start, end > now.addingTimeInterval(-retention) else { continue }
            if let last = windows.last, start <= last.end {
                windows[windows.count - 1].end = max(last.end, end)
            } else {
                windows.append((start, end))
            }
        }
        return windows.map { .time(start: $0.start, end: $0.end) }
    }
}

extension EffectTiming {
    /// When an effect whose permission ends then can have been sent at the earliest.
    package func earliest(_ deadline: Date) -> Date { deadline.addingTimeInterval(-permission) }
}

extension ChangeLogRow {
    /// Whether the row can be about what was sent from then on. That the effect happened is true whoever made it happen; a refusal may be
    /// of an earlier try.
    package func mayConcern(sentFrom start: Date) -> Bool {
        guard status == .failure else { return true }
        return processed.map { $0 >= start } ?? false
    }
}
