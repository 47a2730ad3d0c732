import DSCO
import Domain
import FoundationEssentials
import Logging
import Pipeline
import StageRunner
import Store

extension Intake {
    /// However busy the slice, a run that has read none yet goes on for this much longer: without any progress the next one would not get
    /// further either. Far below the half hour after which the broker takes the message away.
    private static let firstSliceGrace = Duration.seconds(900)

    /// Reads exactly the window that a message names, slice by slice, both sweeps over each; cursors stay.
    ///
    /// - Parameter sliceDone: told up to when everything is stored.
    /// - Returns: what of the window is left; `nil` when all of it is read.
    /// - Throws: what went wrong before the first slice was done. Later trouble ends the run with what it has.
    func read(
        _ window: Tick.Window, _ sweeps: [RuntimeConfiguration.Pull.Sweep], sliceDone: (Date) async throws -> Void
    ) async throws -> Tick.Window? {
        let until = min(window.until, context.now().addingTimeInterval(-Self.lag))
        var slices = WindowSlices()
        var left = Tick.Window(since: window.since, until: window.until)
        let clock = ContinuousClock()
        while left.since < until {
            let hasProgress = left.since > window.since
            func isOver() -> Bool {
                context.isStopping() || clock.now >= (hasProgress ? context.budgetEnd : context.budgetEnd + Self.firstSliceGrace)
            }
            guard !isOver() else { return left }
            let end = slices.end(after: left.since, until: until)
            let started = clock.now
            do {
                var isDone = true
                for sweep in sweeps where isDone {
                    isDone = try await read(sweep, since: left.since, until: end, cursor: nil, isOver: isOver)
                }
                guard isDone else {
                    // Out of time, or DSCO has forgotten the scroll: less at once.
                    slices.wasTooLong()
                    continue
                }
                try await sliceDone(end)
            } catch  where hasProgress && !(error is CancellationError) {
                context.logger.warning("window not read to its end; carried on from where it got", error: error)
                return left
            }
            guard end < until else { return nil }
            slices.took(clock.now - started)
            left.since = end.addingTimeInterval(-Tick.Window.seam)
        }
        return nil
    }
}

/// Cuts a window of any length into slices that a run can finish. The first is short; as long as they go quickly, they get longer.
struct WindowSlices: Sendable, Hashable {
    static let shortest: TimeInterval = 10
    static let longest: TimeInterval = 7 * 86_400
    /// What goes faster than this may be twice as long.
    static let quick = Duration.seconds(20)
    /// What takes longer than this is too long.
    static let slow = Duration.seconds(120)

    private(set) var length: TimeInterval = 3600

    func end(after since: Date, until: Date) -> Date { min(until, since.addingTimeInterval(length)) }

    mutating func took(_ duration: Duration) {
        if duration < Self.quick {
            length = min(length * 2, Self.longest)
        } else if duration > Self.slow {
            wasTooLong()
        }
    }

    mutating func wasTooLong() { length = max(length / 2, Self.shortest) }
}
