import FoundationEssentials
import LingXing
import PartnerHTTP
import Store

/// LingXing's limits kept for the whole fleet by slots in the database (design 8): so many calls under way per path, a gap between starts,
/// and the slot of an aborted call or a dead worker taken until LingXing has let go of it.
struct FleetCallGate: CallGate {
    let slots: RemoteSlots
    let minimumGap: TimeInterval
    let clock: PartnerClock

    /// Longest pause before asking again, so that a slot given back early is noticed.
    private static let longestPause: TimeInterval = 0.1

    func enter(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) async throws -> CallSlot {
        let ticket = Int64.random(in: 1...Int64.max)
        while true {
            let asked = clock.now()
            let claim = try await slots.claim(
                endpoint.path, capacity: endpoint.capacity, gap: minimumGap, hold: CallSlot.abortedHold.seconds,
                patience: (deadline - clock.now()).seconds, ticket: ticket)
            switch claim {
            case .granted(let slot, let delay):
                let end = asked + .seconds(delay) + CallSlot.abortedHold
                let slot = CallSlot(endpoint: endpoint, index: slot.index, ticket: ticket, end: end)
                try await wait(delay, for: slot)
                return slot
            case .busy(let wait):
                let pause = min(max(wait, 0.005), Self.longestPause)
                guard clock.now() + .seconds(pause) < deadline else { throw CallGateTimeout() }
                try await clock.sleep(clock.now() + .seconds(pause))
            }
        }
    }

    private func wait(_ delay: TimeInterval, for slot: CallSlot) async throws {
        guard delay > 0 else { return }
        do {
            try await clock.sleep(clock.now() + .seconds(delay))
        } catch {
            await leave(slot, .over)
            throw error
        }
    }

    func leave(_ slot: CallSlot, _ end: CallEnd) async {
        let held = RemoteSlots.Slot(path: slot.endpoint.path, index: slot.index, ticket: slot.ticket)
        // A slot that cannot be given back frees itself; it costs time, never correctness.
        try? await slots.release(held, after: end == .aborted ? CallSlot.abortedHold.seconds : 0)
    }
}

extension Duration {
    var seconds: TimeInterval { TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18 }
}
