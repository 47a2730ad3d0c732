import FoundationEssentials
import LingXing
import PartnerHTTP
import Store
import Synchronization

/// LingXing's limits kept for the whole fleet by slots in the database (design 8): so many calls under way per path, a gap between starts,
/// and the slot of an aborted call or a dead worker taken until LingXing has let go of it.
final class FleetCallGate: CallGate {
    private let slots: RemoteSlots
    private let minimumGap: TimeInterval
    private let clock: PartnerClock
    private let lines = Mutex<[String: WaitingLine]>([:])

    /// Longest pause before asking again, so that a slot that another process gave back early is noticed.
    private static let longestPause: TimeInterval = 0.05

    init(slots: RemoteSlots, minimumGap: TimeInterval, clock: PartnerClock) {
        self.slots = slots
        self.minimumGap = minimumGap
        self.clock = clock
    }

    func enter(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) async throws -> CallSlot {
        let (slot, delay) = try await claim(endpoint, by: deadline)
        guard delay > 0 else { return slot }
        do {
            try await clock.sleep(clock.now() + .seconds(delay))
        } catch {
            await leave(slot, .over)
            throw error
        }
        return slot
    }

    /// - Returns: the slot, and the seconds until its call may start.
    private func claim(
        _ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant
    ) async throws -> (CallSlot, after: TimeInterval) {
        let line = line(endpoint.path)
        let place = line.join()
        defer { line.leave(place) }
        let ticket = Int64.random(in: 1...Int64.max)
        while true {
            var wake = deadline
            if line.isFirst(place) {
                let asked = clock.now()
                let claim = try await slots.claim(
                    endpoint.path, capacity: endpoint.capacity, gap: minimumGap, hold: CallSlot.abortedHold.seconds,
                    patience: (deadline - asked).seconds, ticket: ticket)
                switch claim {
                case .granted(let slot, let delay):
                    let end = asked + .seconds(delay) + CallSlot.abortedHold
                    return (CallSlot(endpoint: endpoint, index: slot.index, ticket: ticket, end: end), delay)
                case .busy(let wait):
                    wake = clock.now() + .seconds(min(max(wait, 0.005), Self.longestPause))
                }
            }
            guard wake <= deadline, clock.now() < deadline else { throw CallGateTimeout() }
            try await line.rest(place, until: wake, clock)
        }
    }

    func leave(_ slot: CallSlot, _ end: CallEnd) async {
        let held = RemoteSlots.Slot(path: slot.endpoint.path, index: slot.index, ticket: slot.ticket)
        // A slot that cannot be given back frees itself; it costs time, never correctness.
        try? await slots.release(held, after: end == .aborted ? CallSlot.abortedHold.seconds : 0)
        if end == .over { line(slot.endpoint.path).wakeFirst() }
    }

    private func line(_ path: String) -> WaitingLine {
        lines.withLock { lines in
            if let line = lines[path] { return line }
            let line = WaitingLine()
            lines[path] = line
            return line
        }
    }
}

extension Duration {
    var seconds: TimeInterval { TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18 }
}
