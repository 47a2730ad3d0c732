import PartnerHTTP
import Synchronization

/// The slot of the attempt under way of one call.
///
/// It is taken while a request is prepared and given back when its answer is there, which happens on both sides of
/// `PartnerCaller`.
final class AttemptSlot: Sendable {
    private let gate: any CallGate
    private let slot = Mutex<CallSlot?>(nil)

    init(gate: any CallGate) { self.gate = gate }

    func take(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) async throws {
        await giveBack(.over)  // of an attempt that was stopped between taking its slot and sending
        let taken = try await gate.enter(endpoint, by: deadline)
        slot.withLock { $0 = taken }
    }

    /// When the slot that is held may be somebody else's.
    var end: ContinuousClock.Instant? { slot.withLock { $0?.end } }

    /// Gives the slot back, if one is held.
    func giveBack(_ end: CallEnd) async {
        let held = slot.withLock { slot in
            defer { slot = nil }
            return slot
        }
        if let held { await gate.leave(held, end) }
    }
}

/// Sends while the attempt's slot is ours, and gives it back as soon as the outcome is known, before any pause for the next attempt.
struct SlotTransport: HTTPTransport {
    let transport: any HTTPTransport
    let slot: AttemptSlot
    let clock: PartnerClock

    func send(_ request: PartnerRequest) async throws(PartnerError) -> PartnerResponse {
        var request = request
        if let end = slot.end {
            guard clock.now() < end else {
                throw PartnerError(
                    .lingXing, request.isRead ? .unavailable : .notExecuted, call: request.call,
                    code: PartnerError.Code.deadlinePassed)
            }
            request.deadline = min(request.deadline, end)
        }
        do {
            let response = try await transport.send(request)
            await slot.giveBack(.over)
            return response
        } catch {
            await slot.giveBack(error.code == PartnerError.Code.notConnected ? .over : .aborted)
            throw error
        }
    }
}
