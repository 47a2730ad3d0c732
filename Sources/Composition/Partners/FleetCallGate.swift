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
    private static let patience: TimeInterval = 0.1

    func enter(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) async throws -> CallSlot {
        let ticket = Int64.random(in: 1...Int64.max)
        while true {
            let now = clock.date()
            let claim = try await slots.claim(
                endpoint.path, capacity: endpoint.capacity, gap: minimumGap, hold: CallSlot.abortedHold.seconds, ticket: ticket,
                now: now)
            switch claim {
            case .granted(let slot):
                return CallSlot(endpoint: endpoint, index: slot.index, ticket: ticket)
            case .busy(let until):
                let pause = min(max(until.timeIntervalSince(now), 0.005), Self.patience)
                guard clock.now() + .seconds(pause) < deadline else { throw CallGateTimeout() }
                try await clock.sleep(clock.now() + .seconds(pause))
            }
        }
    }

    func leave(_ slot: CallSlot, _ end: CallEnd) async {
        let held = RemoteSlots.Slot(path: slot.endpoint.path, index: slot.index, ticket: slot.ticket)
        let now = clock.date()
        // A slot that cannot be given back frees itself; it costs time, never correctness.
        switch end {
        case .over: try? await slots.release(held, now: now)
        case .aborted: try? await slots.leave(held, until: now.addingTimeInterval(CallSlot.abortedHold.seconds))
        }
    }
}

extension Duration {
    var seconds: TimeInterval { TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18 }
}
