package import PartnerHTTP

/// The limits of one process.
package actor LocalCallGate: CallGate {
    private enum Slot {
        case free
        case taken(ticket: Int64)
        /// An aborted call may still hold LingXing's token until then.
        case held(until: ContinuousClock.Instant)
    }

    private struct Waiter {
        let ticket: Int64
        var wake: AsyncStream<Void>.Continuation?
    }

    private struct Lane {
        var slots: [Slot]
        var lastStart: ContinuousClock.Instant?
        var queue: [Waiter] = []
    }

    private let minimumGap: Duration
    private let clock: PartnerClock
    private var lanes: [LingXingEndpoint: Lane] = [:]
    private var lastTicket: Int64 = 0

    /// - Parameter minimumGap: the shortest time between two starts of calls on one path.
    package init(minimumGap: Duration, clock: PartnerClock = .system) {
        self.minimumGap = minimumGap
        self.clock = clock
    }

    package func enter(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) async throws -> CallSlot {
        lastTicket += 1
        let ticket = lastTicket
        update(endpoint) { $0.queue.append(Waiter(ticket: ticket)) }
        defer {
            update(endpoint) { lane in
                lane.queue.removeAll { $0.ticket == ticket }
                lane.queue.first?.wake?.finish()
            }
        }
        while true {
            try Task.checkCancellation()
            let now = clock.now()
            guard now < deadline else { throw CallGateTimeout() }
            if let index = take(endpoint, ticket: ticket, now: now) {
                return CallSlot(endpoint: endpoint, index: index, ticket: ticket)
            }
            await wait(endpoint, ticket: ticket, until: min(deadline, nextChance(endpoint, ticket: ticket) ?? deadline))
        }
    }

    package func leave(_ slot: CallSlot, _ end: CallEnd) {
        let now = clock.now()
        update(slot.endpoint) { lane in
            guard case .taken(slot.ticket) = lane.slots[slot.index] else { return }
            lane.slots[slot.index] = end == .over ? .free : .held(until: now + CallSlot.abortedHold)
            lane.queue.first?.wake?.finish()
        }
    }

    /// How many calls of the endpoint wait for a slot.
    package func waiting(_ endpoint: LingXingEndpoint) -> Int { lanes[endpoint]?.queue.count ?? 0 }

    /// Takes a slot for the first in the queue, if there is one and the gap has passed.
    private func take(_ endpoint: LingXingEndpoint, ticket: Int64, now: ContinuousClock.Instant) -> Int? {
        update(endpoint) { lane in
            guard lane.queue.first?.ticket == ticket else { return nil }
            if let lastStart = lane.lastStart, now < lastStart + minimumGap { return nil }
            let open = lane.slots.firstIndex {
                switch $0 {
                case .free: true
                case .taken: false
                case .held(let until): until <= now
                }
            }
            guard let open else { return nil }
            lane.slots[open] = .taken(ticket: ticket)
            lane.lastStart = now
            return open
        }
    }

    /// When time alone could let the first of the queue in; the others, and a queue behind taken slots, are woken.
    private func nextChance(_ endpoint: LingXingEndpoint, ticket: Int64) -> ContinuousClock.Instant? {
        guard let lane = lanes[endpoint], lane.queue.first?.ticket == ticket else { return nil }
        var openings: [ContinuousClock.Instant] = []
        for slot in lane.slots {
            switch slot {
            case .free: openings.append(lane.lastStart ?? clock.now())
            case .held(let until): openings.append(until)
            case .taken: break
            }
        }
        guard let opening = openings.min() else { return nil }
        return max(opening, lane.lastStart.map { $0 + minimumGap } ?? opening)
    }

    /// Returns when woken, at the instant, or when the task is cancelled.
    private func wait(_ endpoint: LingXingEndpoint, ticket: Int64, until instant: ContinuousClock.Instant) async {
        let (signals, wake) = AsyncStream.makeStream(of: Void.self)
        update(endpoint) { lane in
            guard let place = lane.queue.firstIndex(where: { $0.ticket == ticket }) else { return }
            lane.queue[place].wake = wake
        }
        await withTaskGroup(of: Void.self) { [clock] group in
            group.addTask { for await _ in signals {} }
            group.addTask { try? await clock.sleep(instant) }
            await group.next()
            group.cancelAll()
        }
    }

    private func update<Result>(_ endpoint: LingXingEndpoint, _ change: (inout Lane) -> Result) -> Result {
        change(&lanes[endpoint, default: Lane(slots: Array(repeating: .free, count: endpoint.capacity))])
    }
}
