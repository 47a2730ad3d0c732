package import PartnerHTTP
import Synchronization

/// Those of this process that wait for a slot of one path, in order of arrival. Only the first asks for one: however many wait, one of each
/// process asks the fleet's store.
package final class WaitingLine: Sendable {
    /// A place in the line.
    package struct Place: Sendable, Hashable { fileprivate let number: Int }

    private struct Waiter {
        let place: Place
        var isWoken = false
        /// While it rests.
        var alarm: AsyncStream<Void>.Continuation?

        /// Ends its rest, or the next one before it begins.
        mutating func wake() {
            isWoken = alarm == nil
            alarm?.finish()
            alarm = nil
        }
    }

    private let waiters = Mutex<(all: [Waiter], last: Int)>(([], 0))

    package init() {}

    package func join() -> Place {
        waiters.withLock { waiters in
            waiters.last += 1
            let place = Place(number: waiters.last)
            waiters.all.append(Waiter(place: place))
            return place
        }
    }

    /// Gives the place up. The next may be the first now, and wakes.
    package func leave(_ place: Place) {
        waiters.withLock { waiters in
            guard let index = waiters.all.firstIndex(where: { $0.place == place }) else { return }
            waiters.all.remove(at: index)
            if index == 0, !waiters.all.isEmpty { waiters.all[0].wake() }
        }
    }

    package func isFirst(_ place: Place) -> Bool { waiters.withLock { $0.all.first?.place == place } }

    /// Wakes the first, since a slot has come free.
    package func wakeFirst() {
        waiters.withLock { waiters in
            if !waiters.all.isEmpty { waiters.all[0].wake() }
        }
    }

    /// Rests until woken, at the longest until then.
    ///
    /// - Throws: `CancellationError`.
    package func rest(_ place: Place, until: ContinuousClock.Instant, _ clock: PartnerClock) async throws {
        let (alarms, alarm) = AsyncStream<Void>.makeStream()
        let mayRest = waiters.withLock { waiters in
            guard let index = waiters.all.firstIndex(where: { $0.place == place }), !waiters.all[index].isWoken else {
                return false
            }
            waiters.all[index].alarm = alarm
            return true
        }
        defer { ready(place) }
        guard mayRest else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await clock.sleep(until) }
            group.addTask { for await _ in alarms {} }
            defer { group.cancelAll() }
            try await group.next()
        }
        try Task.checkCancellation()
    }

    /// It is awake, and no longer has to be woken.
    private func ready(_ place: Place) {
        waiters.withLock { waiters in
            guard let index = waiters.all.firstIndex(where: { $0.place == place }) else { return }
            waiters.all[index].alarm = nil
            waiters.all[index].isWoken = false
        }
    }
}
